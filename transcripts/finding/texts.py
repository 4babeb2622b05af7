"""Reading the texts of many transcripts, of which each may be long."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from transcripts.models import Transcript

# Read together, in words: a page of short texts, or one long one.
WORDS_AT_ONCE = 50_000


def read_texts(words: Mapping[UUID, int]) -> Iterator[tuple[UUID, str, str]]:
    """Yield id, title and text of transcripts in this order, given how many words each has.

    Those that are gone meanwhile have neither title nor text.
    """
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
    found = {transcript_id: (title, text or "") for transcript_id, title, text in rows}
    for transcript_id in ids:
        yield transcript_id, *found.get(transcript_id, ("", ""))
