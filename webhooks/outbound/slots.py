"""Slots: how many attempts run at once to one endpoint, and which of them look for work."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Min, Q, QuerySet

from api_project.work.leases import Lease
from api_project.work.locking import lock_in_order
from webhooks.models import Delivery, DeliverySlot
from webhooks.models.delivery import SLOW_MS


def due_deliver(now: datetime) -> QuerySet[DeliverySlot]:
    """Return the slots to be looked after now whose endpoint was quick the last time."""
    return _due(now).filter(last_ms__lt=SLOW_MS)


def due_deliver_slow(now: datetime) -> QuerySet[DeliverySlot]:
    """Return those whose endpoint was slow: threads of their own serve them, so that they hold up nobody else."""
    return _due(now).filter(last_ms__gte=SLOW_MS)


def _due(now: datetime) -> QuerySet[DeliverySlot]:
    # Those beyond the number were made when it was larger; the others do their work.
    return DeliverySlot.objects.filter(next_attempt_at__lte=now, number__lt=settings.DELIVERIES_PER_ENDPOINT)


def slots_wake(endpoints: Collection[UUID], *, now: datetime) -> None:
    """Have the first slot of each endpoint look for work; it wakes others when there is more than it can do.

    Call it in the transaction that makes deliveries due, before they are written: whoever ends its work on the slot
    meanwhile waits for this transaction, and then sees them.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A slot is woken in the transaction of what it is to do.")
    first = DeliverySlot.objects.filter(endpoint__in=endpoints, number=0)
    lock_in_order(first)
    first.filter(Q(next_attempt_at=None) | Q(next_attempt_at__gt=now)).update(next_attempt_at=now)


def slot_wake_next(slot: DeliverySlot, *, now: datetime) -> None:
    """Have the following slot of the same endpoint look for work as well, as far as there may be one."""
    number = slot.number + 1
    if number >= settings.DELIVERIES_PER_ENDPOINT:
        return
    following = DeliverySlot.objects.filter(endpoint=slot.endpoint_id, number=number)
    idle = following.filter(Q(next_attempt_at=None) | Q(next_attempt_at__gt=now))
    if not idle.update(next_attempt_at=now) and not following.exists():
        made = DeliverySlot(endpoint_id=slot.endpoint_id, number=number, next_attempt_at=now)
        DeliverySlot.objects.bulk_create([made], ignore_conflicts=True)


def slot_finish(slot: DeliverySlot, lease: Lease, *, now: datetime, **changes: Any) -> None:
    """End the work on a slot; it looks again when the next delivery is due. Raises `LeaseLost`."""
    with transaction.atomic():
        # Whoever makes deliveries due locks the slot first: with the lock, all that will not wake it can be seen.
        lock_in_order(DeliverySlot.objects.filter(lease.mine()))
        lease.finish(next_attempt_at=_next_look(slot, now), **changes)


def _next_look(slot: DeliverySlot, now: datetime) -> datetime | None:
    pending = Delivery.objects.filter(endpoint=slot.endpoint_id, status=Delivery.Status.PENDING)
    due: datetime | None = pending.aggregate(due=Min("next_attempt_at"))["due"]
    if due is None or (slot.number and due > now):
        # The first one wakes the others.
        return None
    return due
