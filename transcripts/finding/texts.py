"""Reading the texts of many transcripts, of which each may be long."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from transcripts.models import Transcript

# Read together, in words: a page of short texts, or one long one.
WORDS_AT_ONCE = 20_000


def read_texts(words: Mapping[UUID, int]) -> Iterator[tuple[UUID, str, str]]:
    """Yield id, title and text of transcripts, given how many words each has; not those that are gone meanwhile."""
    batch: list[UUID] = []
    size = 0
    for transcript_id, count in words.items():
        if batch and size + count > WORDS_AT_ONCE:
            yield from _read(batch)
            batch, size = [], 0
        batch.append(transcript_id)
        size += count
    if batch:
        yield from _read(batch)


def _read(ids: Sequence[UUID]) -> Iterator[tuple[UUID, str, str]]:
    rows = Transcript.objects.filter(pk__in=ids, deleted_at=None).values_list("pk", "title", "result__text")
    for transcript_id, title, text in rows:
        yield transcript_id, title, text or ""
