"""The worker's steps for transcripts: which rows are due, and who does the work."""

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from api_project.rest.upload_leftovers import remove_upload_leftovers
from api_project.work.retry import RetryPolicy
from api_project.work.steps import Chore, Step, registry
from transcripts.discarding import discard, never_give_up
from transcripts.erasing import erase
from transcripts.finding.purging import search_purge
from transcripts.listening import fetching
from transcripts.models import RedactedAudio, Status, Submission, Transcript, WaitingFor
from transcripts.provider_health import Operation
from transcripts.reconciling import reconcile
from transcripts.storage import older_files
from transcripts.submitting import give_up, submit

logger = logging.getLogger(__name__)

# Few enough for one query on any database.
FILES_AT_ONCE = 500


def due_submit(now: datetime) -> QuerySet[Transcript]:
    return Transcript.objects.filter(status=Status.QUEUED, deleted_at=None, next_attempt_at__lte=now)


def due_reconcile(now: datetime) -> QuerySet[Transcript]:
    return Transcript.objects.filter(status=Status.PROCESSING, deleted_at=None, next_attempt_at__lte=now)


def due_erase(now: datetime) -> QuerySet[Transcript]:
    return Transcript.objects.filter(deleted_at__isnull=False, erased_at=None, next_attempt_at__lte=now)


def due_discard(now: datetime) -> QuerySet[Submission]:
    # The first condition follows from the second; it is there to match the partial index.
    return Submission.objects.filter(next_attempt_at__isnull=False, next_attempt_at__lte=now, deleted_at_provider=None)


def due_redacted_audio(now: datetime) -> QuerySet[RedactedAudio]:
    return RedactedAudio.objects.filter(status=RedactedAudio.Status.PENDING, next_attempt_at__lte=now)


def waits_for(reason: str) -> dict[str, Any]:
    return {"waiting_for": WaitingFor(reason)}


def remove_strays() -> None:
    """Remove files that no row knows, left by a process that was killed between keeping a file and writing its row."""
    remove_upload_leftovers()
    root = Path(settings.AUDIO_DIR)
    # Others are not ours: a backup's, a file system's.
    files = [path for path in older_files(root) if _is_of_ours(path.name)]
    for start in range(0, len(files), FILES_AT_ONCE):
        some = files[start : start + FILES_AT_ONCE]
        names = [path.relative_to(root).as_posix() for path in some]
        known = set(Transcript.objects.filter(pk__in=[path.name for path in some]).values_list("audio", flat=True))
        # The first condition follows from the second; it is there to match the partial index.
        redacted = RedactedAudio.objects.exclude(audio="").filter(audio__in=names)
        known.update(redacted.values_list("audio", flat=True))
        for path, name in zip(some, names, strict=True):
            if name not in known:
                logger.warning("Removed a file that no row knows.", extra={"action": "audio.stray_removed"})
                path.unlink(missing_ok=True)


def _is_of_ours(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False


def register() -> None:
    """Tell the worker about the steps of this app."""
    retry = RetryPolicy(give_up_after=settings.GIVE_UP_AFTER)
    for_ever = RetryPolicy(longest=timedelta(minutes=30), give_up_after=None)
    registry.add(
        Step("submit", "submit", due_submit, submit, give_up, waits_for, 4, retry, Operation.SUBMIT),
        Step("reconcile", "reconcile", due_reconcile, reconcile, give_up, waits_for, 2, retry, Operation.FETCH),
        # Threads of its own for what is at the provider: what is ours is erased even while the provider hangs.
        Step("erase", "erase", due_erase, erase, never_give_up, threads=1, retry=for_ever),
        Step(
            "discard", "discard", due_discard, discard, never_give_up, threads=2, retry=for_ever, alarm=Operation.DELETE
        ),
        Step(
            "download",
            "redacted-audio",
            due_redacted_audio,
            fetching.fetch_redacted_audio,
            fetching.give_up,
            threads=2,
            retry=RetryPolicy(give_up_after=fetching.KEPT_FOR),
            alarm=Operation.REDACTED_AUDIO,
        ),
        Chore("remove strays", remove_strays),
        Chore("purge the search", search_purge, every=timedelta(days=1)),
    )
