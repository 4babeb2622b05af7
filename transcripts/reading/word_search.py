"""Finding words and phrases among the words of one transcript."""

import re
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

from transcripts.reading.words import Word

LONGEST_PHRASE = 5
MOST_PHRASES = 50
CURLY_APOSTROPHE = "\u2019"
_NOT_IN_WORDS = re.compile(r"[^\w']+")


class BadPhrase(ValueError):
    """The phrase cannot be looked for; the message says why."""


def read_phrases(text: str) -> list[str]:
    """Return the phrases of a list with commas. Raises `BadPhrase`."""
    phrases = [phrase for part in text.split(",") if (phrase := part.strip())]
    if not phrases:
        raise BadPhrase("Give one or more words, separated by commas.")
    if len(phrases) > MOST_PHRASES:
        raise BadPhrase(f"There may be up to {MOST_PHRASES} words or phrases.")
    if any(len(phrase.split()) > LONGEST_PHRASE for phrase in phrases):
        raise BadPhrase(f"A phrase may have up to {LONGEST_PHRASE} words.")
    return phrases


def search_words(words: Iterable[Word], phrases: Sequence[str]) -> list[dict[str, Any]]:
    """Return what was found, in AssemblyAI's shape, whatever its case and punctuation; what was not, is left out.

    A phrase is found on each channel by itself, also when another channel speaks meanwhile.
    """
    wanted = [tuple(map(_plain, phrase.split())) for phrase in phrases]
    found: list[list[tuple[int, int, int]]] = [[] for _ in phrases]
    by_length: dict[int, dict[tuple[str, ...], list[int]]] = {}
    for number, phrase in enumerate(wanted):
        if any(phrase):
            by_length.setdefault(len(phrase), {}).setdefault(phrase, []).append(number)
    heard: dict[str | None, deque[tuple[str, int, Word]]] = {}
    for place, word in enumerate(words):
        last = heard.setdefault(word.channel, deque(maxlen=LONGEST_PHRASE))
        last.append((_plain(word.text), place, word))
        spoken = [entry[0] for entry in last]
        for length, numbers in by_length.items():
            for number in numbers.get(tuple(spoken[-length:]), ()):
                _text, first_place, first = last[-length]
                found[number].append((first_place, first.start, word.end))
    return [_match(phrase, sorted(places)) for phrase, places in zip(phrases, found, strict=True) if places]


def _match(phrase: str, places: list[tuple[int, int, int]]) -> dict[str, Any]:
    return {
        "text": phrase,
        "count": len(places),
        "timestamps": [[start, end] for _place, start, end in places],
        "indexes": [place for place, _start, _end in places],
    }


def _plain(text: str) -> str:
    return _NOT_IN_WORDS.sub("", text.replace(CURLY_APOSTROPHE, "'")).casefold()
