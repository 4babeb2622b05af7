"""Changing the counters, always in the transaction that changes what they count, so that they agree whatever happens.

Each function wants to be the last in its transaction: from there to the commit, nothing else of this user can be
counted. A transaction that changes several transcripts of one user should be several.
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest

from transcripts.locking import transcript_lock
from transcripts.models import MonthlyUsage, Transcript, Usage
from transcripts.usage.months import month_of
from transcripts.usage.selectors import over_budget, usage_get


def usage_count_new(*, transcript: Transcript) -> None:
    """Count a new transcript and its file, reserving the storage. Raises `OverBudget` when a budget does not allow it.

    One conditional UPDATE decides, so that uploads at the same time cannot take more than there is.
    """
    _require_transaction()
    size, month = transcript.stored_bytes, month_of(transcript.created_at)
    taken = {"stored_bytes": F("stored_bytes") + size, "transcripts": F("transcripts") + 1}
    within = _within_budget(Usage.objects.filter(pk=transcript.owner_id), size, month)
    if not (within.update(**taken) or (_make_row(transcript.owner_id) and within.update(**taken))):
        raise over_budget(usage_get(owner_id=transcript.owner_id, now=transcript.created_at), size)
    _add_to_month(transcript.owner_id, month, created=1)


def usage_charge_bytes(*, transcript: Transcript, size: int) -> bool:
    """Count a further file of a transcript, whatever the budget; it is freed with the others.

    Returns False when the transcript is deleted: its files may have been freed already, so no further one may be kept.
    """
    _require_transaction()
    live = Transcript.objects.filter(pk=transcript.pk, deleted_at=None)
    if not live.update(stored_bytes=F("stored_bytes") + size):
        return False
    _add(transcript.owner_id, stored_bytes=size)
    return True


def usage_free_bytes(*, transcript: Transcript) -> None:
    """Count the files of a transcript as gone; call it when they are, as often as you like."""
    _require_transaction()
    row = transcript_lock(transcript.pk)
    if row.stored_bytes:
        Transcript.objects.filter(pk=transcript.pk).update(stored_bytes=0)
        _add(transcript.owner_id, stored_bytes=-row.stored_bytes)


def usage_count_deleted(*, transcript: Transcript) -> None:
    """Count a transcript as deleted; its bytes count until they are gone."""
    _require_transaction()
    _add(transcript.owner_id, transcripts=-1)


def usage_count_result(*, transcript: Transcript) -> None:
    """Count the audio of a transcript that has just become `completed`, in the month in which it did."""
    _require_transaction()
    row = Transcript.objects.only("audio_duration", "completed_at").get(pk=transcript.pk)
    if row.audio_duration and row.completed_at:
        lock(transcript.owner_id)
        _add_to_month(transcript.owner_id, month_of(row.completed_at), seconds=row.audio_duration)


def lock(owner_id: int) -> None:
    """Keep everybody else from counting anything of this user until the transaction ends."""
    rows = Usage.objects.select_for_update(no_key=True).filter(pk=owner_id)
    if not rows.values_list("pk").first():
        _make_row(owner_id)
        rows.values_list("pk").first()


def _within_budget(rows: QuerySet[Usage], size: int, month: date) -> QuerySet[Usage]:
    storage = Coalesce(F("storage_budget"), Value(settings.USER_STORAGE_BYTES))
    minutes = Coalesce(F("minutes_budget"), Value(settings.USER_MINUTES_PER_MONTH))
    full = MonthlyUsage.objects.filter(usage=OuterRef("pk"), month=month, seconds__gte=OuterRef("minutes") * 60)
    rows = rows.alias(storage=storage, minutes=minutes).filter(Q(minutes=0) | ~Exists(full))
    return rows.filter(Q(storage=0) | Q(storage__gte=F("stored_bytes") + size)) if size else rows


def _add(owner_id: int, **amounts: int) -> None:
    # A counter that was wrong before shall stop nothing; counting anew mends it.
    changes = {name: Greatest(F(name) + amount, 0) for name, amount in amounts.items()}
    rows = Usage.objects.filter(pk=owner_id)
    if not rows.update(**changes):
        _make_row(owner_id)
        rows.update(**changes)


def _add_to_month(owner_id: int, month: date, **amounts: int) -> None:
    changes: dict[str, Any] = {name: F(name) + amount for name, amount in amounts.items()}
    rows = MonthlyUsage.objects.filter(usage=owner_id, month=month)
    if not rows.update(**changes):
        MonthlyUsage.objects.bulk_create([MonthlyUsage(usage_id=owner_id, month=month)], ignore_conflicts=True)
        rows.update(**changes)


def _make_row(owner_id: int) -> bool:
    Usage.objects.bulk_create([Usage(owner_id=owner_id)], ignore_conflicts=True)
    return True


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("A counter is changed in the transaction of what it counts.")
