"""The one table of allowed status moves, and the one way to make them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from api_project.work.leases import FRESH, RELEASED
from transcripts.models import Status, Transcript, TranscriptMove
from transcripts.signals import transcript_ended

SOURCES: dict[Status, tuple[Status, ...]] = {
    Status.QUEUED: (Status.ERROR,),
    Status.PROCESSING: (Status.QUEUED,),
    Status.COMPLETED: (Status.PROCESSING,),
    Status.ERROR: (Status.QUEUED, Status.PROCESSING),
}
ENDED = (Status.COMPLETED, Status.ERROR)


def move(
    transcript_id: UUID,
    to: Status,
    *,
    reason: str,
    where: Q | None = None,
    next_attempt_at: datetime | None = None,
    together_with: Callable[[], None] | None = None,
    **changes: Any,
) -> bool:
    """Move a transcript to status `to` if the table and `where` allow it, log the move, and end any lease on the row.

    Ending the lease is what makes a step stop that was working on the earlier state. Deleted transcripts do not move.
    `together_with` writes what comes with the move, in its transaction, before anybody is told of an end.
    Returns False when the row did not move; nothing is changed then.
    """
    now = timezone.now()
    changes |= FRESH | RELEASED | {"next_attempt_at": next_attempt_at, "waiting_for": "", "progress": None}
    changes["completed_at"] = now if to in ENDED else None
    movable = Transcript.objects.filter(where or Q(), pk=transcript_id, deleted_at=None)
    with transaction.atomic():
        for source in SOURCES[to]:
            if movable.filter(status=source).update(status=to, **changes):
                log_move(transcript_id, source, to, reason=reason, at=now)
                if together_with:
                    together_with()
                if to in ENDED:
                    transcript_ended.send(Transcript, transcript_id=transcript_id)
                return True
    return False


def log_move(transcript_id: UUID, from_status: Status | None, to: Status, *, reason: str, at: datetime) -> None:
    """Append to the log of moves; `from_status` is None for a new transcript."""
    TranscriptMove.objects.create(
        transcript_id=transcript_id, from_status=from_status or "", to_status=to, reason=reason, at=at
    )
