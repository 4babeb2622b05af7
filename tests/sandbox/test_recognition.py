"""Real recognition of short synthesised clips, and what becomes of audio that is none."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jiwer
import pytest

from tests.sandbox.live import AUDIO, SandboxProcess
from tests.sandbox.test_segmenting import silence, write_wav

# Measured: 3 % on such clips. Read differences, not absolutes: half of that again may be chance.
MOST_WORDS_WRONG = 0.25


@pytest.fixture
def hear(hearing_sandbox: SandboxProcess) -> Callable[..., dict[str, Any]]:
    def hear(path: Path, **options: Any) -> dict[str, Any]:
        url = hearing_sandbox.upload(path.read_bytes())
        return hearing_sandbox.finished(hearing_sandbox.submit(url, **options)["id"])

    return hear


def plain(text: str) -> str:
    return re.sub(r"[^a-z' ]", "", text.lower())


def expected(name: str) -> list[str]:
    return (AUDIO / name).with_suffix(".txt").read_text().splitlines()


@pytest.mark.parametrize("name", ["meeting.flac", "questions.mp3", "two-sides.wav"])
def test_speech_becomes_text(name: str, hear: Callable[..., dict[str, Any]]) -> None:
    document = hear(AUDIO / name)
    assert document["status"] == "completed"
    assert jiwer.wer(" ".join(expected(name)), plain(document["text"])) <= MOST_WORDS_WRONG


def test_words_have_times_within_the_file_and_confidences(hear: Callable[..., dict[str, Any]]) -> None:
    document = hear(AUDIO / "questions.mp3")
    words = document["words"]
    assert all(0 <= word["start"] < word["end"] <= document["audio_duration"] * 1000 for word in words)
    assert all(0 <= word["confidence"] <= 1 for word in words)
    assert [word["start"] for word in words] == sorted(word["start"] for word in words)


def test_sentences_are_written_as_such(hear: Callable[..., dict[str, Any]]) -> None:
    text = hear(AUDIO / "questions.mp3")["text"]
    assert re.fullmatch(r"Can you [^.?]+\? I have [^.?]+\.", text)


def test_each_channel_is_heard_alone(hear: Callable[..., dict[str, Any]]) -> None:
    document = hear(AUDIO / "two-sides.wav", multichannel=True)
    assert document["audio_channels"] == 2
    for channel, said in enumerate(expected("two-sides.wav"), 1):
        words = [word["text"] for word in document["words"] if word["channel"] == str(channel)]
        assert jiwer.wer(said, plain(" ".join(words))) <= MOST_WORDS_WRONG
    assert [turn["channel"] for turn in document["utterances"]] == ["1", "2"]


def test_only_the_asked_part_is_heard(hear: Callable[..., dict[str, Any]]) -> None:
    first, second = expected("questions.mp3")
    document = hear(AUDIO / "questions.mp3", audio_start_from=3000)
    assert jiwer.wer(second, plain(document["text"])) <= MOST_WORDS_WRONG
    assert document["words"][0]["start"] >= 3000
    document = hear(AUDIO / "questions.mp3", audio_end_at=3300)
    assert jiwer.wer(first, plain(document["text"])) <= MOST_WORDS_WRONG


def test_a_beginning_beyond_the_end_is_an_error(hear: Callable[..., dict[str, Any]]) -> None:
    assert "audio_start_from" in hear(AUDIO / "meeting.flac", audio_start_from=60_000)["error"]


def test_silence_gives_an_empty_text(hear: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    document = hear(write_wav(tmp_path / "silence.wav", silence(3000)))
    assert (document["status"], document["text"], document["words"]) == ("completed", "", [])
    assert document["audio_duration"] == 3


def test_too_little_speech_is_an_error_when_asked_for(hear: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    document = hear(write_wav(tmp_path / "silence.wav", silence(3000)), speech_threshold=0.5)
    assert "below the requested speech threshold" in document["error"]


def test_what_is_no_audio_is_an_error_in_words(hear: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    page = tmp_path / "page.mp3"
    page.write_text("<!doctype html><title>Not found</title>")
    document = hear(page)
    assert document["status"] == "error"
    assert document["error"] == "Transcoding failed. File does not appear to contain audio."
    assert document["text"] is None
