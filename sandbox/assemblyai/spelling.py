"""`custom_spelling`: words and phrases that are to be written otherwise than they were heard."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import fmean
from typing import Any

from sandbox.speech.engine import SpokenWord
from sandbox.speech.sentences import Sentence

# What may follow a word and is not part of it.
END = re.compile(r"[.,?!]*$")


class Spelling:
    """Rules from phrases to words, whatever their case. The longest phrase wins, then the earlier rule."""

    def __init__(self, rules: Sequence[dict[str, Any]]) -> None:
        self._written: dict[tuple[str, ...], str] = {}
        for rule in rules:
            for phrase in rule["from"]:
                self._written.setdefault(tuple(_plain(part) for part in phrase.split()), rule["to"])
        self._longest = max(map(len, self._written), default=0)

    def apply(self, sentence: Sentence) -> Sentence:
        """Return the sentence as it is to be written; a phrase becomes one word, from its beginning to its end."""
        return replace(sentence, words=list(self._respelled(sentence.words)))

    def _respelled(self, words: list[SpokenWord]) -> Iterator[SpokenWord]:
        place = 0
        while place < len(words):
            length, word = self._match(words, place)
            yield word
            place += length

    def _match(self, words: list[SpokenWord], place: int) -> tuple[int, SpokenWord]:
        for length in range(min(self._longest, len(words) - place), 0, -1):
            heard = words[place : place + length]
            written = self._written.get(tuple(_plain(word.text) for word in heard))
            if written is not None:
                return length, _joined(heard, written)
        return 1, words[place]


def _joined(heard: list[SpokenWord], written: str) -> SpokenWord:
    end = END.search(heard[-1].text)
    text = written + (end.group() if end else "")
    return SpokenWord(text, heard[0].start, heard[-1].end, round(fmean(word.confidence for word in heard), 6))


def _plain(text: str) -> str:
    return END.sub("", text).casefold()
