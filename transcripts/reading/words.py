"""Words as they are stored, a page at a time, and read without trust: whatever the provider wrote becomes a word."""

from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

from transcripts.models import TranscriptResult, WordPage

# A caption that begins then still ends within 99:59:59,999; the provider takes ten hours at most.
LATEST_MS = 359_999_998


class Word(NamedTuple):
    """A word as AssemblyAI gives it; times are whole milliseconds, and `end` is never before `start`."""

    text: str
    start: int
    end: int
    confidence: float | None
    speaker: str | None
    channel: str | None


def read_word(value: Any) -> Word:
    """Read what should be a word. What is missing or no time becomes the nearest time known; other things become null.

    https://www.assemblyai.com/docs/api-reference/transcripts/get
    """
    if not isinstance(value, dict):
        value = {}
    start, end = _milliseconds(value.get("start")), _milliseconds(value.get("end"))
    if start is None:
        start = end or 0
    return Word(
        read_text(value.get("text")),
        start,
        start if end is None else max(start, end),
        read_share(value.get("confidence")),
        _name(value.get("speaker")),
        _name(value.get("channel")),
    )


def words_page(transcript_id: UUID, number: int) -> tuple[list[Word], bool] | None:
    """Return one page of words, and whether another follows; None past the last page.

    Pages count from 0 and hold `transcripts.applying.WORDS_PER_PAGE` words. A transcript without words has one empty
    page.
    """
    words = _page(transcript_id, number)
    if words is None:
        return ([], False) if number == 0 else None
    return words, WordPage.objects.filter(result=transcript_id, number=number + 1).exists()


def last_page(transcript_id: UUID) -> int:
    """Return the number of the last page of words, counted from 1."""
    return max(1, WordPage.objects.filter(result=transcript_id).count())


def stored_words(transcript_id: UUID) -> Iterator[Word]:
    """Give all words in their order, by a query for each page. Raises `TranscriptResult.DoesNotExist` when erased."""
    number = 0
    while (words := _page(transcript_id, number)) is not None:
        yield from words
        number += 1
    if not TranscriptResult.objects.filter(pk=transcript_id).exists():
        raise TranscriptResult.DoesNotExist


def _page(transcript_id: UUID, number: int) -> list[Word] | None:
    found = list(WordPage.objects.filter(result=transcript_id, number=number).values_list("words", flat=True))
    if not found:
        return None
    return [read_word(word) for word in found[0]] if isinstance(found[0], list) else []


def read_text(value: Any) -> str:
    """Return a text that can be encoded; half a character pair, which JSON can hold, becomes a question mark."""
    if not isinstance(value, str):
        return ""
    return value if value.isascii() else value.encode(errors="replace").decode()


def read_share(value: Any) -> float | None:
    """Return a confidence."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1 else None


def _milliseconds(value: Any) -> int | None:
    # What is no number does not equal itself.
    if not isinstance(value, int | float) or isinstance(value, bool) or value != value:
        return None
    return round(min(max(value, 0), LATEST_MS))


def _name(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return read_text(value) if isinstance(value, str) else None
