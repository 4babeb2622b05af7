from typing import Any

from sandbox.assemblyai import sections, subtitles
from sandbox.assemblyai.results import build_result
from sandbox.speech.engine import Recognition, SpokenWord, Utterance
from tests.sandbox.test_sentences import spoken


def result_of(*utterances: Utterance, multichannel: bool = False) -> dict[str, Any]:
    channels = 1 + max((utterance.channel for utterance in utterances), default=0)
    heard = Recognition(duration_ms=61_600, channels=channels, speech_ms=0, utterances=list(utterances))
    return build_result(heard, multichannel=multichannel, punctuate=True, format_text=True)


def test_silence_gives_an_empty_text() -> None:
    result = result_of()
    assert (result["text"], result["words"], result["confidence"], result["utterances"]) == ("", [], 0.0, None)
    assert subtitles.srt(result) == ""
    assert sections.paragraphs(result) == []


def test_the_duration_is_in_whole_seconds() -> None:
    assert result_of()["audio_duration"] == 62


def test_the_confidence_is_the_mean_of_the_words() -> None:
    words = [SpokenWord("one", 0, 100, 0.5), SpokenWord("two", 100, 200, 1.0)]
    assert result_of(Utterance(0, words))["confidence"] == 0.75


def test_one_channel_has_no_utterances_and_no_speakers() -> None:
    result = result_of(spoken("hello there"))
    assert result["utterances"] is None
    assert result["audio_channels"] is None
    assert "channel" not in result["words"][0]


def test_channels_are_merged_by_time_and_counted_from_one() -> None:
    result = result_of(spoken("left one"), spoken("right", channel=1, start=200), multichannel=True)
    assert [(word["text"], word["channel"], word["speaker"]) for word in result["words"]] == [
        ("Left", "1", "1"),
        ("one.", "1", "1"),
        ("Right.", "2", "2"),
    ]
    assert [(turn["text"], turn["channel"]) for turn in result["utterances"]] == [("Left one.", "1"), ("Right.", "2")]
    assert result["audio_channels"] == 2


def test_words_spoken_at_once_keep_their_sentences_apart() -> None:
    result = result_of(spoken("left one two"), spoken("right one", channel=1, start=100), multichannel=True)
    assert [sentence["text"] for sentence in sections.sentences(result)] == ["Left one two.", "Right one."]
    assert [word["start"] for word in result["words"]] == sorted(word["start"] for word in result["words"])


def test_a_new_speaker_begins_a_paragraph() -> None:
    turns = [spoken("left"), spoken("again", start=300), spoken("right", channel=1, start=600)]
    result = result_of(*turns, multichannel=True)
    assert [paragraph["text"] for paragraph in sections.paragraphs(result)] == ["Left. Again.", "Right."]


def test_a_long_pause_begins_a_paragraph() -> None:
    result = result_of(spoken("one"), spoken("two", start=500), spoken("three", start=9000))
    assert [paragraph["text"] for paragraph in sections.paragraphs(result)] == ["One. Two.", "Three."]


def test_word_search_finds_words_and_phrases_whatever_their_case() -> None:
    found = sections.word_search(result_of(spoken("the train the station the train")), ["The Train", "station", "bus"])
    assert found["total_count"] == 3
    assert found["matches"][0] == {
        "text": "The Train",
        "count": 2,
        "timestamps": [[0, 400], [800, 1200]],
        "indexes": [0, 4],
    }
    assert [match["text"] for match in found["matches"]] == ["The Train", "station"]


def test_a_caption_is_no_longer_than_asked_for_unless_a_word_is() -> None:
    captions = subtitles.vtt(result_of(spoken("one two incomprehensibilities three")), 8)
    assert [line for line in captions.splitlines() if line and "-->" not in line][1:] == [
        "One two",
        "incomprehensibilities",
        "three.",
    ]


def test_captions_are_timed() -> None:
    assert subtitles.srt(result_of(spoken("late", start=3_723_004))) == "1\n01:02:03,004 --> 01:02:03,204\nLate.\n"
