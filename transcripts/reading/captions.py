"""Captions for players, as SubRip and WebVTT, made from sentences.

A caption holds whole words of one sentence, no more characters than asked for unless a single word has more, and does
not stay over a silence. Captions come in the order in which they begin, as WebVTT wants it, also when two channels
speak at once.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from typing import NamedTuple

from transcripts.reading.sections import Section
from transcripts.reading.words import Word

DEFAULT_CHARS = 128
MOST_CHARS = 1000
PAUSE_MS = 2_000
# Control characters, halves of characters, and what turns the direction of writing.
NOT_SHOWN = frozenset({"Cc", "Cs", "Cf"})
# Between letters of some scripts they are part of the spelling.
JOINERS = frozenset("\u200c\u200d")
# Tags, arrows and, in curly brackets, instructions of another format that many players obey in SubRip too.
LOOK_ALIKES = str.maketrans({"<": "\u2039", ">": "\u203a", "{": "(", "}": ")"})
TIME_OF_DAY = re.compile(r"\d:\d+:\d")
COLON_IN_TIME = re.compile(r"(?<=\d):(?=\d)")
RATIO = "\u2236"


class Caption(NamedTuple):
    start: int
    end: int
    text: str


def make_captions(sentences: Iterable[Section], *, chars: int) -> Iterator[Caption]:
    """Give captions in order; each is shown for at least a millisecond."""
    return _in_order(_made(sentences, chars))


def write_srt(captions: Iterable[Caption]) -> Iterator[str]:
    """Give the pieces of a SubRip file."""
    for number, caption in enumerate(captions, 1):
        text = _without_markup(caption.text)
        yield f"{'' if number == 1 else chr(10)}{number}\n{_times(caption, ',')}\n{text}\n"


def _without_markup(text: str) -> str:
    """Return a text with look-alikes in place of what players take for markup; SubRip has no way to escape it."""
    if TIME_OF_DAY.search(text):
        # Some take any line with two times of day for a line of times.
        text = COLON_IN_TIME.sub(RATIO, text)
    return text.translate(LOOK_ALIKES)


def write_vtt(captions: Iterable[Caption]) -> Iterator[str]:
    """Give the pieces of a WebVTT file: https://www.w3.org/TR/webvtt1/#file-structure."""
    yield "WEBVTT\n\n"
    for number, caption in enumerate(captions, 1):
        text = caption.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        yield f"{'' if number == 1 else chr(10)}{_times(caption, '.')}\n{text}\n"


def _made(sentences: Iterable[Section], chars: int) -> Iterator[tuple[int, Caption]]:
    """Give captions sentence by sentence, each with the beginning of its sentence."""
    for sentence in sentences:
        caption: list[Word] = []
        length = 0
        for word in _shown_words(sentence.words):
            if caption and (length + 1 + len(word.text) > chars or word.start - caption[-1].end >= PAUSE_MS):
                yield sentence.start, _joined(caption)
                caption, length = [], 0
            length += len(word.text) + bool(caption)
            caption.append(word)
        if caption:
            yield sentence.start, _joined(caption)


def _in_order(made: Iterable[tuple[int, Caption]]) -> Iterator[Caption]:
    """Hold back what begins later than a sentence that is still to come, and set right what goes back in time."""
    waiting: list[tuple[int, int, Caption]] = []
    latest = 0
    for number, (reached, caption) in enumerate(made):
        while waiting and waiting[0][0] <= reached:
            shown = _not_before(latest, heappop(waiting)[2])
            latest = shown.start
            yield shown
        heappush(waiting, (caption.start, number, caption))
    while waiting:
        shown = _not_before(latest, heappop(waiting)[2])
        latest = shown.start
        yield shown


def _not_before(latest: int, caption: Caption) -> Caption:
    start = max(caption.start, latest)
    return Caption(start, max(caption.end, start + 1), caption.text)


def _shown_words(words: Iterable[Word]) -> Iterator[Word]:
    for word in words:
        if text := _one_line(word.text):
            yield word if text == word.text else word._replace(text=text)


def _one_line(text: str) -> str:
    """Return a text without line breaks and characters that are not shown."""
    if not text.isprintable():
        text = "".join(
            character
            for character in text
            if character.isspace() or character in JOINERS or unicodedata.category(character) not in NOT_SHOWN
        )
    return " ".join(text.split())


def _joined(words: list[Word]) -> Caption:
    text = " ".join(word.text for word in words)
    return Caption(words[0].start, max(word.end for word in words), text)


def _times(caption: Caption, decimal_mark: str) -> str:
    return f"{_time(caption.start, decimal_mark)} --> {_time(caption.end, decimal_mark)}"


def _time(milliseconds: int, decimal_mark: str) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{decimal_mark}{rest:03}"
