"""Finding words and phrases among words."""

from typing import Any

import pytest

from tests.transcripts.reading.spoken import interleaved, said
from transcripts.reading.word_search import LONGEST_PHRASE, MOST_PHRASES, BadPhrase, read_phrases, search_words


def places(text: str, *phrases: str) -> dict[str, Any]:
    return {match["text"]: match["indexes"] for match in search_words(said(text), phrases)}


def test_it_finds_words_and_phrases_whatever_their_case_and_punctuation() -> None:
    found = search_words(said("The train, the station. THE Train!"), ["the train", "station", "bus"])
    assert found == [
        {"text": "the train", "count": 2, "timestamps": [[0, 900], [2_000, 2_900]], "indexes": [0, 4]},
        {"text": "station", "count": 1, "timestamps": [[1_500, 1_900]], "indexes": [3]},
    ]


def test_matches_may_overlap() -> None:
    assert places("no no no", "no no") == {"no no": [0, 1]}


def test_a_phrase_may_have_five_words() -> None:
    assert places("one two three four five six", "two three four five six") == {"two three four five six": [1]}


@pytest.mark.parametrize(
    ("said_word", "asked"), [("don\u2019t", "don't"), ("STRASSE", "straße"), ("\u4f60\u597d\u3002", "\u4f60\u597d")]
)
def test_spellings_of_the_same_word_are_found(said_word: str, asked: str) -> None:
    assert places(said_word, asked) == {asked: [0]}


def test_part_of_a_word_is_not_found() -> None:
    assert places("training", "train") == {}


def test_punctuation_alone_is_never_found() -> None:
    assert places("well - yes", "-") == {}


def test_a_phrase_is_found_through_the_words_of_another_channel() -> None:
    words = interleaved(said("ask not", channel="1"), said("hello", channel="2", start=200))
    (match,) = search_words(words, ["ask not"])
    assert (match["indexes"], match["timestamps"]) == ([0], [[0, 900]])


def test_phrases_are_read_from_a_list_with_commas() -> None:
    assert read_phrases(" a , b c,,") == ["a", "b c"]


@pytest.mark.parametrize("text", ["", " , ", "one " * (LONGEST_PHRASE + 1), "a," * (MOST_PHRASES + 1)])
def test_a_bad_list_is_refused(text: str) -> None:
    with pytest.raises(BadPhrase):
        read_phrases(text)
