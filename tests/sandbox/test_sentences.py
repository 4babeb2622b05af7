import pytest

from sandbox.speech.engine import SpokenWord, Utterance
from sandbox.speech.sentences import MOST_WORDS, PAUSE_MS, write_sentences

WORD_MS = 200


def spoken(text: str, *, channel: int = 0, start: int = 0, ends_speech: bool = True) -> Utterance:
    words = [
        SpokenWord(word, start + place * WORD_MS, start + place * WORD_MS + WORD_MS, 0.9)
        for place, word in enumerate(text.split())
    ]
    return Utterance(channel, words, ends_speech)


def written(*utterances: Utterance, punctuate: bool = True, format_text: bool = True) -> list[str]:
    sentences = write_sentences(list(utterances), punctuate=punctuate, format_text=format_text)
    return [" ".join(word.text for word in sentence.words) for sentence in sentences]


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ("the train was late", "The train was late."),
        ("then i said i'm late", "Then I said I'm late."),
        ("what is your name", "What is your name?"),
        ("what a day", "What a day."),
        ("how many are there", "How many are there?"),
        ("is it late", "Is it late?"),
        ("was not so late", "Was not so late."),
        ("late", "Late."),
    ],
)
def test_a_sentence_is_written_as_one(heard: str, expected: str) -> None:
    assert written(spoken(heard)) == [expected]


def test_a_sentence_ends_where_the_voice_stops() -> None:
    assert written(spoken("one"), spoken("two", start=300)) == ["One.", "Two."]


def test_a_sentence_goes_on_where_a_long_stretch_was_cut() -> None:
    assert written(spoken("one", ends_speech=False), spoken("two", start=WORD_MS)) == ["One two."]


def test_a_sentence_ends_at_a_pause() -> None:
    pause = spoken("two", start=WORD_MS + PAUSE_MS)
    assert written(spoken("one", ends_speech=False), pause) == ["One.", "Two."]


def test_a_sentence_ends_after_many_words() -> None:
    heard = " ".join(["word"] * (MOST_WORDS + 1))
    assert [len(sentence.split()) for sentence in written(spoken(heard))] == [MOST_WORDS, 1]


def test_channels_do_not_mix_and_are_ordered_by_time() -> None:
    heard = [spoken("late", channel=0, start=1000), spoken("early words here", channel=1)]
    assert written(*heard) == ["Early words here.", "Late."]


def test_punctuation_and_capitals_are_left_out_when_not_wanted() -> None:
    assert written(spoken("is it i"), punctuate=False) == ["Is it I"]
    assert written(spoken("is it i"), format_text=False) == ["is it i?"]
    assert written(spoken("is it i"), punctuate=False, format_text=False) == ["is it i"]


def test_silence_makes_no_sentence() -> None:
    assert written(Utterance(0, [])) == []
