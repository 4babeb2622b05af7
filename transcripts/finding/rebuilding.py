"""Writing the search's entries anew beside a running service, after a change of what counts as a word."""

import time
from collections.abc import Callable, Iterator
from uuid import UUID

from django.db import transaction

from transcripts.finding.tokens import tokens
from transcripts.finding.writing import search_entry_write
from transcripts.locking import transcript_lock
from transcripts.models import Transcript, TranscriptResult

BATCH = 200


def search_rebuild(*, after: UUID | None = None, sleep: Callable[[float], None] = time.sleep) -> Iterator[UUID]:
    """Write each entry anew, from the oldest transcript or from behind one on, and yield what is done now and then.

    Each is a transaction of its own, behind which others are left as much time as it took: SQLite has one lock for all.
    """
    while batch := _next_ids(after):
        for after in batch:
            began = time.monotonic()
            _rebuild(after)
            sleep(time.monotonic() - began)
        yield batch[-1]


def _next_ids(after: UUID | None) -> list[UUID]:
    rows = Transcript.objects.filter(deleted_at=None)
    rows = rows.filter(pk__gt=after) if after else rows
    return list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])


def _rebuild(transcript_id: UUID) -> None:
    # A text never changes once it is there, so its words are made before any lock is taken.
    text = TranscriptResult.objects.filter(pk=transcript_id).values_list("text", flat=True).first()
    words = None if text is None else tokens(text)
    with transaction.atomic():
        try:
            transcript = transcript_lock(transcript_id)
        except Transcript.DoesNotExist:
            return
        search_entry_write(transcript, words=words)
