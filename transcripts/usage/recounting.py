"""Counting anew what a user has, in case a counter is wrong after all: after a restored backup, or changes by hand."""

from datetime import UTC, date
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth

from transcripts.models import MonthlyUsage, Status, Transcript, Usage
from transcripts.usage.counting import lock


def usage_recount(*, owner_id: int) -> bool:
    """Set a user's counters to what is there and return whether any was wrong.

    Nothing of the user can be counted meanwhile, and on SQLite nobody can write: seconds for a million transcripts.
    """
    with transaction.atomic():
        # First of all: who has changed something and not counted it yet waits, and what they changed is not seen.
        lock(owner_id)
        before = _counters(owner_id)
        mine = Transcript.objects.filter(owner=owner_id)
        totals = mine.aggregate(
            stored_bytes=Coalesce(Sum("stored_bytes"), 0), transcripts=Count("pk", filter=Q(deleted_at=None))
        )
        Usage.objects.filter(pk=owner_id).update(**totals)
        MonthlyUsage.objects.filter(usage=owner_id).update(seconds=0, created=0)
        for month, counted in _months(mine).items():
            MonthlyUsage.objects.update_or_create(usage_id=owner_id, month=month, defaults=counted)
        return _counters(owner_id) != before


def _months(transcripts: QuerySet[Transcript]) -> dict[date, dict[str, int]]:
    """Return the counters of each month. Tombstones count: they keep when they were made and how long they were."""
    months: dict[date, dict[str, int]] = {}
    created = transcripts.values(month=TruncMonth("created_at", tzinfo=UTC)).annotate(total=Count("pk")).order_by()
    completed = transcripts.filter(status=Status.COMPLETED).values(month=TruncMonth("completed_at", tzinfo=UTC))
    heard = completed.annotate(total=Coalesce(Sum("audio_duration"), 0)).order_by()
    for name, rows in (("created", created), ("seconds", heard)):
        for row in rows:
            months.setdefault(row["month"].date(), {})[name] = row["total"]
    return months


def _counters(owner_id: int) -> list[Any]:
    months = MonthlyUsage.objects.filter(usage=owner_id).exclude(seconds=0, created=0)
    return [
        *Usage.objects.filter(pk=owner_id).values_list("stored_bytes", "transcripts"),
        *months.order_by("month").values_list("month", "seconds", "created"),
    ]
