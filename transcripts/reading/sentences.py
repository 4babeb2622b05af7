"""Sentences made from words, as they come and without ever holding many of them.

AssemblyAI does not tell its rules. Ours: each channel is read by itself, since several are interleaved in the list of
words. A sentence ends with a word that ends in a full stop, a question or an exclamation mark, and where the speaker
changes. A title or an initial ("Dr.", "J.") does not end one, and neither does a dotted abbreviation ("p.m.") before a
small letter. A text without any such mark is cut at pauses. Either way a sentence has its most words.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator

from transcripts.reading.sections import Section
from transcripts.reading.words import Word

MOST_WORDS = 300
# Where no mark says so.
PAUSE_MS = 700
MOST_WORDS_WITHOUT_MARKS = 30
# A sentence does not go on after so many words on other channels; it would hold up all that was said meanwhile.
MOST_WORDS_BETWEEN = 500

# Latin; Chinese and Japanese, wide and narrow; Hindi; Arabic; Urdu.
MARKS = ".!?\u2026\u3002\uff0e\uff01\uff1f\uff61\u0964\u061f\u06d4"
# Quotation marks and brackets that close.
_CLOSING = "\"'\u2019\u201d\u00bb)\\]}\uff09\u300d\u300f"
_TOKEN = re.compile(r"\S+")
_ENDS = re.compile(rf"[{MARKS}][{_CLOSING}]*$")
_TITLES = frozenset("mr. mrs. ms. mx. dr. prof. st. sr. jr. gen. col. capt. lt. sgt. gov. sen. rep. rev. vs.".split())
_INITIAL = re.compile(r"[A-HJ-Z]\.")
_DOTTED = re.compile(r"(?:[^\W\d_]\.){2,}|etc\.|approx\.|inc\.|ltd\.|co\.", re.IGNORECASE)


class _Sentence:
    """A sentence in the making, and the place of its last word in the list of all."""

    __slots__ = ("ended", "place", "words")

    def __init__(self) -> None:
        self.words: list[Word] = []
        self.place = 0
        self.ended = False


def has_marks(text: str) -> bool:
    """Whether a transcript is written with marks at the ends of sentences."""
    return any(_ends(token.group()) for token in _TOKEN.finditer(text))


def make_sentences(words: Iterable[Word], *, with_marks: bool) -> Iterator[Section]:
    """Give sentences in the order of their first words; words without text are left out."""
    waiting: deque[_Sentence] = deque()
    open_ones: dict[str | None, _Sentence] = {}
    for place, word in enumerate(words):
        if not word.text.strip():
            continue
        sentence = open_ones.get(word.channel)
        if sentence is None or not _goes_on(sentence.words, word, with_marks=with_marks):
            if sentence is not None:
                sentence.ended = True
            sentence = open_ones[word.channel] = _Sentence()
            waiting.append(sentence)
        sentence.words.append(word)
        sentence.place = place
        if _ends(word.text):
            sentence.ended = True
            del open_ones[word.channel]
        while waiting and (waiting[0].ended or place - waiting[0].place > MOST_WORDS_BETWEEN):
            finished = waiting.popleft()
            if not finished.ended:
                del open_ones[finished.words[0].channel]
            yield Section(finished.words)
    yield from (Section(sentence.words) for sentence in waiting)


def _goes_on(words: list[Word], word: Word, *, with_marks: bool) -> bool:
    last = words[-1]
    if word.speaker != last.speaker or len(words) >= (MOST_WORDS if with_marks else MOST_WORDS_WITHOUT_MARKS):
        return False
    if with_marks:
        return not (_DOTTED.fullmatch(last.text) and not word.text[0].islower())
    return word.start - last.end < PAUSE_MS


def _ends(text: str) -> bool:
    if not _ENDS.search(text):
        return False
    return not (text.lower() in _TITLES or _INITIAL.fullmatch(text) or _DOTTED.fullmatch(text))
