"""Erasing all transcripts of a user: a DELETE of each, and the worker's steps that follow from it, here and now."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from api_project.rest.erasing.registry import Eraser, erasers
from api_project.work.leases import claim
from api_project.work.locking import lock_in_order
from api_project.work.runner import run_step
from api_project.work.steps import Step, registry
from transcripts.finding.purging import search_purge
from transcripts.models import (
    DocumentPiece,
    MonthlyUsage,
    RedactedAudio,
    SearchEntry,
    Submission,
    Transcript,
    TranscriptMove,
    TranscriptResult,
    Usage,
    WordPage,
)
from transcripts.services import transcript_delete
from transcripts.usage.counting import lock

BATCH = 200
# Nobody renews these leases, and one step asks the provider several times.
LEASE_FOR = timedelta(minutes=5)
LOOK_EVERY_SECONDS = 0.2


def count(user: User) -> dict[str, int]:
    """Return what there still is."""
    mine = Transcript.objects.filter(owner=user)
    redacted = RedactedAudio.objects.filter(transcript__owner=user)
    return {
        "transcripts": mine.filter(erased_at=None).count(),
        "texts with their words": TranscriptResult.objects.filter(transcript__owner=user).count(),
        "audio files": mine.exclude(audio="").count() + redacted.exclude(audio="").count(),
        "search entries": SearchEntry.objects.filter(owner=user).count(),
        "copies at the provider": _copies_at_provider(user).count(),
        "reasons in the log of moves": TranscriptMove.objects.filter(transcript__owner=user).exclude(reason="").count(),
        "usage": Usage.objects.filter(owner=user).count(),
    }


def erase(user: User) -> None:
    """Erase everything; what the provider does not let go of yet is left to the worker."""
    for transcript in _live(user):
        transcript_delete(transcript=transcript)
    run_own_steps(user)
    search_purge()
    TranscriptMove.objects.filter(transcript__owner=user).update(reason="")
    _delete_usage(user)


@transaction.atomic
def _delete_usage(user: User) -> None:
    # Its months go first, and whoever counts locks them last.
    lock(user.pk)
    Usage.objects.filter(owner=user).delete()


def run_own_steps(user: User, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Do for this user's rows what the worker would do, until nothing more can be done now.

    Safe beside workers: what one of them has in hand is waited for, as long as its lease can last.
    """
    _hurry(user)
    steps = [_of_user(name, user) for name in ("erase", "discard") if _can_run(name)]
    # One that was killed may have left a lease of its own.
    patience = max(2 * settings.LEASE_SECONDS, LEASE_FOR.total_seconds()) / LOOK_EVERY_SECONDS
    while patience > 0:
        if any([_run_one(step) for step in steps]) or _hurry_emptied(user):
            continue
        if not _in_other_hands(user):
            return
        patience -= 1
        sleep(LOOK_EVERY_SECONDS)


def _can_run(name: str) -> bool:
    # A shell may lack the key that the service was given; asking without one would only raise the alarm.
    return name != "discard" or bool(settings.ASSEMBLYAI_API_KEY)


def _run_one(step: Step) -> bool:
    claimed = claim(step, limit=1, now=timezone.now(), lease_for=LEASE_FOR)
    for row, lease in claimed:
        run_step(step, row, lease)
    return bool(claimed)


def _of_user(name: str, user: User) -> Step:
    """Return the step of that name, for this user's rows alone."""
    (step,) = [step for step in registry.steps if step.name == name]
    whose = {"owner" if name == "erase" else "transcript__owner": user}
    return replace(step, due=lambda now: step.due(now).filter(**whose))


def _live(user: User) -> Iterator[Transcript]:
    """Yield those that are not deleted, in batches; whoever takes one deletes it."""
    while batch := list(Transcript.objects.filter(owner=user, deleted_at=None)[:BATCH]):
        yield from batch


def _copies_at_provider(user: User) -> QuerySet[Submission]:
    """Return the submissions of which there may be something at the provider."""
    begun = Q(provider_id__isnull=False) | Q(started_at__isnull=False)
    wanted = Q(transcript__deleted_at=None) & begun
    return Submission.objects.filter(
        wanted | Q(next_attempt_at__isnull=False), transcript__owner=user, deleted_at_provider=None
    )


def _unfinished(user: User) -> list[QuerySet[Any]]:
    deleted = Transcript.objects.filter(owner=user, deleted_at__isnull=False, erased_at=None)
    copies = Submission.objects.filter(transcript__owner=user, next_attempt_at__isnull=False, deleted_at_provider=None)
    return [deleted, copies]


def _hurry(user: User) -> None:
    """Have what failed before tried at once."""
    now = timezone.now()
    for rows in _unfinished(user):
        _have_tried(rows.filter(lease_token=None, next_attempt_at__gt=now), now)


def _hurry_emptied(user: User) -> bool:
    """Have those erased at once that wait for a provider that holds nothing of them any more; tell if there are any.

    Such as one whose copy was deleted in the very moment in which the erase step, elsewhere, saw it still there.
    """
    now = timezone.now()
    deleted, copies = _unfinished(user)
    waiting = deleted.filter(lease_token=None, next_attempt_at__gt=now, failing_since=None)
    return bool(_have_tried(waiting.exclude(pk__in=copies.values("transcript")), now))


@transaction.atomic
def _have_tried(rows: QuerySet[Any], now: datetime) -> int:
    lock_in_order(rows)
    return rows.update(next_attempt_at=now)


def _in_other_hands(user: User) -> bool:
    now = timezone.now()
    return any(rows.filter(lease_until__gt=now).exists() for rows in _unfinished(user))


def register() -> None:
    """Tell the erasing of users about this app."""
    covers = (
        *(Transcript, TranscriptMove, TranscriptResult, DocumentPiece, WordPage, Submission),
        *(RedactedAudio, SearchEntry, Usage, MonthlyUsage),
    )
    erasers.append(Eraser(covers=covers, count=count, erase=erase))
