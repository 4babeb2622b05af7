"""What is written for PostgreSQL stays within what a tsvector can hold."""

import pytest
from uuid6 import uuid7

from tests.transcripts.finding.spoken import found, ids, spoken
from transcripts.finding.documents import Document, first_number
from transcripts.finding.engines.tsvector import CUT, LAST_POSITION, MOST_BYTES, TEXT_BEGINS, cut_word, tsvector


def document(*text: str) -> Document:
    transcript_id = uuid7()
    return Document(first_number(transcript_id), transcript_id, 1, [], text, ["owner1"])


def test_numbers_are_in_the_order_of_ids() -> None:
    found = [uuid7() for _ in range(200)]
    numbers = [first_number(transcript_id) for transcript_id in found]
    assert numbers == sorted(numbers)
    assert max(numbers) < 2**63


def test_words_without_a_position_are_told_of() -> None:
    assert f"'{CUT}'" not in tsvector(document("a", "b"))
    assert f"'{cut_word('a')}'" not in tsvector(document(*["a"] * 255))
    assert f"'{cut_word('a')}'" in tsvector(document("b", *["a"] * 257))
    assert f"'{cut_word('b')}'" not in tsvector(document("b", *["a"] * 257))
    assert f"'{CUT}'" not in tsvector(document(*map(str, range(LAST_POSITION - TEXT_BEGINS + 1))))
    assert f"'{CUT}'" in tsvector(document(*map(str, range(LAST_POSITION - TEXT_BEGINS + 2))))


def test_it_is_never_too_large() -> None:
    literal = tsvector(document(*(f"{place:060d}" for place in range(40_000))))
    assert len(literal) < MOST_BYTES * 1.2


@pytest.mark.django_db
@pytest.mark.parametrize("words", [100_000, 1_000_000])
def test_a_very_long_text_is_found_by_what_stands_far_behind(words: int) -> None:
    text = " ".join(f"w{place % 30_000}" for place in range(words))
    transcript = spoken(f"{text} striped zebra")

    assert found("zebra") == ids(transcript)
    assert found('"striped zebra"') == ids(transcript)
    assert found('"w1 w2" -lion') == ids(transcript)


@pytest.mark.django_db
def test_too_many_words_for_a_tsvector_fail_nothing() -> None:
    transcript = spoken(" ".join(f"{place:060d}" for place in range(40_000)))
    assert found(f"{7:060d}") == ids(transcript)
