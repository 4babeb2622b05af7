"""Where sentences and paragraphs end."""

import pytest

from tests.transcripts.reading.spoken import interleaved, said
from transcripts.reading.sections import PARAGRAPH_PAUSE_MS, PARAGRAPH_WORDS, make_paragraphs
from transcripts.reading.sentences import (
    MOST_WORDS,
    MOST_WORDS_BETWEEN,
    MOST_WORDS_WITHOUT_MARKS,
    PAUSE_MS,
    has_marks,
    make_sentences,
)
from transcripts.reading.words import Word


def sentences(words: list[Word], *, with_marks: bool = True) -> list[str]:
    return [section.as_json()["text"] for section in make_sentences(words, with_marks=with_marks)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One two. Three.", ["One two.", "Three."]),
        ("Is it? Yes! Well…", ["Is it?", "Yes!", "Well…"]),
        ("He said “no.” Then (really!) left.", ["He said “no.”", "Then (really!)", "left."]),
        ("It costs 3.5 dollars. Fine.", ["It costs 3.5 dollars.", "Fine."]),
        ("Ask Dr. Smith and Mrs. Jones. Now.", ["Ask Dr. Smith and Mrs. Jones.", "Now."]),
        ("By J. S. Bach. So do I. Good.", ["By J. S. Bach.", "So do I.", "Good."]),
        ("At 5 p.m. we left. At 6 p.m. They came.", ["At 5 p.m. we left.", "At 6 p.m.", "They came."]),
        ("The U.S. army. The U.S. It won.", ["The U.S. army.", "The U.S.", "It won."]),
        ("Cats, dogs, etc. are here. Cats, etc. That is all.",
         ["Cats, dogs, etc. are here.", "Cats, etc.", "That is all."]),
        ("\u4f60\u597d\u3002 \u518d\u89c1\u3002", ["\u4f60\u597d\u3002", "\u518d\u89c1\u3002"]),
        ("No end", ["No end"]),
        ("", []),
    ],
)  # fmt: skip
def test_a_sentence_ends_with_its_mark(text: str, expected: list[str]) -> None:
    assert sentences(said(text)) == expected


def test_a_pause_within_a_sentence_that_has_marks_ends_nothing() -> None:
    assert sentences([*said("Let me"), *said("think.", start=60_000)]) == ["Let me think."]


def test_without_marks_a_pause_ends_a_sentence() -> None:
    first = said("one two")
    words = [*first, *said("three", start=first[-1].end + PAUSE_MS - 1), *said("four", start=9_000)]
    assert sentences(words, with_marks=False) == ["one two three", "four"]


@pytest.mark.parametrize(("with_marks", "most"), [(True, MOST_WORDS), (False, MOST_WORDS_WITHOUT_MARKS)])
def test_a_sentence_has_its_most_words(with_marks: bool, most: int) -> None:
    words = said("word " * (most + 1))
    assert [len(section.words) for section in make_sentences(words, with_marks=with_marks)] == [most, 1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("One two.", True), ("really? yes", True), ("one 3.5 two", False), ("dr. smith", False), ("", False)],
)
def test_it_sees_whether_a_text_has_marks(text: str, expected: bool) -> None:
    assert has_marks(text) is expected


def test_another_speaker_begins_a_sentence() -> None:
    words = [*said("And then", speaker="A"), *said("no way", start=1_000, speaker="B")]
    assert sentences(words) == ["And then", "no way"]


def test_channels_that_speak_at_once_do_not_tear_each_other_apart() -> None:
    left = said("Left one two. Left three.", channel="1")
    right = said("Right one. Right two.", channel="2", start=200)
    assert sentences(interleaved(left, right)) == ["Left one two.", "Right one.", "Right two.", "Left three."]


def test_sentences_come_in_the_order_in_which_they_begin() -> None:
    slow = said("Slow and long.", channel="1", every=3_000)
    quick = said("One. Two. Three.", channel="2", start=100)
    assert sentences(interleaved(slow, quick)) == ["Slow and long.", "One.", "Two.", "Three."]


def test_one_that_never_ends_does_not_hold_up_the_others_for_ever() -> None:
    words = [*said("Hello", channel="1"), *said("Yes. " * (MOST_WORDS_BETWEEN + 2), channel="2", start=500)]
    given = make_sentences(iter(words), with_marks=True)
    assert next(given).as_json()["text"] == "Hello"
    # A word of that channel then begins another sentence.
    assert sentences([*words, *said("there.", channel="1", start=900_000)])[-1] == "there."


def test_words_without_text_are_left_out() -> None:
    blank = Word("  ", 100, 200, None, None, None)
    assert sentences([blank, *said("One."), blank]) == ["One."]


def test_a_sentence_has_the_times_and_the_mean_of_its_words() -> None:
    words = [
        Word("One", 100, 900, 0.5, "A", "1"),
        Word("two.", 300, 700, None, "A", "1"),
    ]
    (section,) = make_sentences(words, with_marks=True)
    assert section.as_json() == {
        "text": "One two.", "start": 100, "end": 900, "confidence": 0.5, "speaker": "A", "channel": "1",
        "words": [word._asdict() for word in words],
    }  # fmt: skip


def paragraphs(words: list[Word]) -> list[str]:
    return [section.as_json()["text"] for section in make_paragraphs(make_sentences(words, with_marks=True))]


def test_a_paragraph_ends_where_somebody_else_speaks() -> None:
    words = [*said("One. Two.", speaker="A"), *said("Three.", start=1_000, speaker="B")]
    assert paragraphs(words) == ["One. Two.", "Three."]


def test_a_paragraph_ends_before_a_long_pause() -> None:
    first = said("One. Two.")
    assert paragraphs([*first, *said("Three.", start=first[-1].end + PARAGRAPH_PAUSE_MS)]) == ["One. Two.", "Three."]


def test_a_paragraph_that_is_full_takes_no_more() -> None:
    assert paragraphs(said("Word. " * (PARAGRAPH_WORDS + 1)))[1:] == ["Word."]
