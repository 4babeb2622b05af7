"""Ending deliveries: whatever becomes of their endpoints, none stays pending for ever."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from api_project.work.leases import CRASH_LIMIT, Lease
from api_project.work.locking import lock_in_order
from webhooks.models import Attempt, Delivery, Endpoint, Reason
from webhooks.outbound.event_types import FAREWELL, is_farewell

AT_A_TIME = 1000


def ended(delivery: Delivery, status: Delivery.Status, reason: str, now: datetime) -> dict[str, Any]:
    """Return the columns of a delivery that has come to its end."""
    changes = {"status": status, "reason": reason, "next_attempt_at": None, "ended_at": now}
    # The last word about something that is gone: the address that it had named goes with it.
    return changes | ({"url": ""} if is_farewell(delivery.event.type) else {})


def deliveries_fail(pending: QuerySet[Delivery], reason: Reason, *, now: datetime) -> int:
    """End these, whoever holds them, and return how many there were. Call it in a transaction."""
    lock_in_order(pending)
    pending.filter(event__type__endswith=FAREWELL).exclude(url="").update(url="")
    return pending.update(
        status=Delivery.Status.FAILED, reason=reason, next_attempt_at=None, ended_at=now, held_by=None
    )


def cut_off(deliveries: QuerySet[Delivery], *, times: int) -> QuerySet[Delivery]:
    """Return those of which so many of the latest attempts, or more, were begun and never recorded."""
    recorded = Attempt.objects.filter(delivery=OuterRef("pk")).order_by("-number").values("number")[:1]
    return deliveries.filter(attempts__gte=Coalesce(Subquery(recorded), 0) + times)


def cut_off_always(endpoint_id: UUID, *, now: datetime) -> QuerySet[Delivery]:
    """Return what is due to an endpoint and was cut off in all of its latest attempts, as often as crashes may be."""
    due = Delivery.objects.filter(endpoint=endpoint_id, status=Delivery.Status.PENDING, next_attempt_at__lte=now)
    # Who has one in hand has time until it is due.
    return cut_off(due, times=CRASH_LIMIT).exclude(held_by=None)


def delivery_crash(pending: QuerySet[Delivery], *, now: datetime) -> bool:
    """End one since work on it crashed too often, and tell whether it was still there. Call it in a transaction.

    An attempt says so in the place of those that were cut off; from there they are counted should it be sent again.
    """
    delivery = pending.first()
    if delivery is None or not deliveries_fail(pending.filter(pk=delivery.pk), Reason.CRASHED, now=now):
        return False
    Attempt.objects.create(
        delivery=delivery,
        number=delivery.attempts,
        started_at=now,
        duration_ms=0,
        reason=Reason.CRASHED,
        detail=Reason.CRASHED.label,
    )
    return True


def end_all(endpoint: Endpoint, lease: Lease) -> None:
    """End all that waits for an endpoint which is told nothing any more, some at a time."""
    reason = Reason.ENDPOINT_DELETED if endpoint.deleted_at else Reason.ENDPOINT_DISABLED
    waiting = Delivery.objects.filter(endpoint=endpoint, status=Delivery.Status.PENDING)
    while some := list(waiting.values_list("pk", flat=True)[:AT_A_TIME]):
        lease.check()
        with transaction.atomic():
            # It may have been enabled again since.
            if not Endpoint.objects.filter(pk=endpoint.pk).exclude(enabled=True, deleted_at=None).exists():
                return
            deliveries_fail(waiting.filter(pk__in=some), reason, now=timezone.now())
