"""`/sentences`, `/paragraphs` and `/word-search` of a finished transcript."""

from __future__ import annotations

import re
from typing import Any

from sandbox.assemblyai.results import Word, section

PARAGRAPH_PAUSE_MS = 2_000
PARAGRAPH_WORDS = 100
LONGEST_PHRASE = 5
NOT_IN_WORDS = re.compile(r"[^\w']+")


def sentences(result: dict[str, Any]) -> list[dict[str, Any]]:
    words: list[Word] = result["words"]
    return [section([words[place] for place in places]) for places in result["sentences"]]


def paragraphs(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Join sentences until there is a long pause, another speaker, or enough of them."""
    groups: list[list[dict[str, Any]]] = []
    for sentence in sentences(result):
        if groups and _continues(groups[-1], sentence):
            groups[-1].append(sentence)
        else:
            groups.append([sentence])
    return [section([word for sentence in group for word in sentence["words"]]) for group in groups]


def _continues(paragraph: list[dict[str, Any]], sentence: dict[str, Any]) -> bool:
    last = paragraph[-1]
    return (
        sentence["speaker"] == last["speaker"]
        and sentence["start"] - last["end"] < PARAGRAPH_PAUSE_MS
        and sum(len(earlier["words"]) for earlier in paragraph) < PARAGRAPH_WORDS
    )


def word_search(result: dict[str, Any], phrases: list[str]) -> dict[str, Any]:
    """Find words and phrases of up to five words, whatever their case and punctuation."""
    words: list[Word] = result["words"]
    spoken = [_plain(word["text"]) for word in words]
    matches = [found for phrase in phrases if (found := _occurrences(phrase, words, spoken))["count"]]
    return {"total_count": sum(match["count"] for match in matches), "matches": matches}


def _occurrences(phrase: str, words: list[Word], spoken: list[str]) -> dict[str, Any]:
    wanted = [_plain(part) for part in phrase.split()]
    length = len(wanted)
    places = [place for place in range(len(spoken) - length + 1) if wanted and spoken[place : place + length] == wanted]
    return {
        "text": phrase,
        "count": len(places),
        "timestamps": [[words[place]["start"], words[place + length - 1]["end"]] for place in places],
        "indexes": places,
    }


def _plain(text: str) -> str:
    return NOT_IN_WORDS.sub("", text).casefold()
