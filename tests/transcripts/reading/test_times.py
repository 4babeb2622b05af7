"""Words whose time cannot be."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.assemblyai_fake import FakeAssemblyAI
from tests.transcripts.reading.spoken import interleaved, make_said, said
from tests.transcripts.reading.test_reading_api import body, get
from transcripts.reading.times import FAR_MS, LONGEST_MS, placed
from transcripts.reading.words import LATEST_MS, Word

WORDS = said("One two three four.")
HOUR_MS = 3_600_000


def times(words: list[Word], seconds: int | None = 60) -> list[tuple[int, int]]:
    return [(word.start, word.end) for word in placed(words, seconds=seconds)]


def astray(place: int, start: int) -> list[Word]:
    return [word._replace(start=start, end=start) if number == place else word for number, word in enumerate(WORDS)]


def test_good_words_stay_where_they_are() -> None:
    assert list(placed(WORDS, seconds=2)) == WORDS
    both = interleaved(said("Left one.", channel="1"), said("Right one.", channel="2", start=HOUR_MS))
    assert list(placed(both, seconds=2 * HOUR_MS)) == both
    assert list(placed([], seconds=None)) == []


@pytest.mark.parametrize("seconds", [None, 60])
@pytest.mark.parametrize(("place", "moment"), [(0, 500), (1, 400), (3, 1400)])
def test_a_word_outside_of_the_audio_is_put_beside_its_neighbour(place: int, moment: int, seconds: int | None) -> None:
    expected = times(WORDS)
    expected[place] = (moment, moment)
    assert times(astray(place, LATEST_MS), seconds) == expected


def test_so_is_one_from_which_time_goes_back_by_far() -> None:
    assert times(astray(1, HOUR_MS), 2 * 3600)[1] == (400, 400)


def test_several_in_a_row_are_put_there_too() -> None:
    words = [
        word._replace(start=LATEST_MS, end=LATEST_MS) if place in (1, 2) else word for place, word in enumerate(WORDS)
    ]
    assert times(words) == [(0, 400), (400, 400), (400, 400), (1500, 1900)]


def test_a_little_outside_is_not_far() -> None:
    assert times(astray(3, FAR_MS))[3] == (FAR_MS, FAR_MS)


def test_no_word_lasts_for_minutes() -> None:
    assert times([WORDS[0]._replace(end=LONGEST_MS + 1)]) == [(0, 0)]


@pytest.mark.django_db
def test_captions_are_not_dragged_away_by_one_word(
    assemblyai_fake: FakeAssemblyAI, run_due: Callable[..., Any]
) -> None:
    words: list[Any] = [word._asdict() for word in WORDS]
    words[1] |= {"start": 10**15, "end": 10**15}
    transcript = make_said(assemblyai_fake, run_due, words)
    assert body(get(transcript, "srt/")).decode() == "1\n00:00:00,000 --> 00:00:01,900\nOne two three four.\n"
