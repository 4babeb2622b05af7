"""`/srt` and `/vtt`: captions of whole words, no longer than asked for."""

from __future__ import annotations

from typing import Any

from sandbox.assemblyai.results import Word

DEFAULT_CHARS = 128
# A caption does not stay over a silence.
PAUSE_MS = 2_000


def srt(result: dict[str, Any], chars_per_caption: int | None = None) -> str:
    captions = enumerate(_captions(result, chars_per_caption), 1)
    return "\n".join(f"{number}\n{_times(words, ',')}\n{_text(words)}\n" for number, words in captions)


def vtt(result: dict[str, Any], chars_per_caption: int | None = None) -> str:
    captions = _captions(result, chars_per_caption)
    return "WEBVTT\n\n" + "\n".join(f"{_times(words, '.')}\n{_text(words)}\n" for words in captions)


def _captions(result: dict[str, Any], chars_per_caption: int | None) -> list[list[Word]]:
    """Fill captions sentence by sentence; a word that is longer than a caption stands alone."""
    limit = chars_per_caption or DEFAULT_CHARS
    captions: list[list[Word]] = []
    for places in result["sentences"]:
        caption: list[Word] = []
        for word in (result["words"][place] for place in places):
            if caption and (len(_text([*caption, word])) > limit or word["start"] - caption[-1]["end"] >= PAUSE_MS):
                captions.append(caption)
                caption = []
            caption.append(word)
        captions.append(caption)
    return captions


def _text(words: list[Word]) -> str:
    return " ".join(word["text"] for word in words)


def _times(words: list[Word], decimal_mark: str) -> str:
    return f"{_time(words[0]['start'], decimal_mark)} --> {_time(words[-1]['end'], decimal_mark)}"


def _time(milliseconds: int, decimal_mark: str) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{decimal_mark}{rest:03}"
