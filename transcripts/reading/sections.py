"""Runs of words, such as sentences, and what they are joined to."""

from collections.abc import Iterable, Iterator
from statistics import fmean
from typing import Any, NamedTuple

from transcripts.reading.words import Word

PARAGRAPH_PAUSE_MS = 2_000
# A paragraph that has so many words takes no further sentence.
PARAGRAPH_WORDS = 100


class Section(NamedTuple):
    """A sentence or a paragraph: at least one word, of one speaker."""

    words: list[Word]

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def end(self) -> int:
        return max(word.end for word in self.words)

    @property
    def speaker(self) -> tuple[str | None, str | None]:
        """Return who speaks: on which channel, and as which speaker."""
        return self.words[0].channel, self.words[0].speaker

    def as_json(self) -> dict[str, Any]:
        """Return it in AssemblyAI's shape."""
        known = [word.confidence for word in self.words if word.confidence is not None]
        return {
            "text": " ".join(word.text for word in self.words),
            "start": self.start,
            "end": self.end,
            "confidence": round(fmean(known), 6) if known else None,
            "words": [word._asdict() for word in self.words],
            "speaker": self.words[0].speaker,
            "channel": self.words[0].channel,
        }


def make_paragraphs(sentences: Iterable[Section]) -> Iterator[Section]:
    """Join sentences until somebody else speaks, there is a long pause, or there are enough of them."""
    paragraph: list[Word] = []
    for sentence in sentences:
        if paragraph and not _continues(Section(paragraph), sentence):
            yield Section(paragraph)
            paragraph = []
        paragraph = paragraph + sentence.words
    if paragraph:
        yield Section(paragraph)


def _continues(paragraph: Section, sentence: Section) -> bool:
    return (
        sentence.speaker == paragraph.speaker
        and sentence.start - paragraph.words[-1].end < PARAGRAPH_PAUSE_MS
        and len(paragraph.words) < PARAGRAPH_WORDS
    )
