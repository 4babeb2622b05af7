"""Slots: how many attempts run at once to one endpoint, and which of them look for work."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Min, Q, QuerySet

from api_project.work.leases import Lease
from api_project.work.locking import lock_in_order
from api_project.work.writing import writing
from webhooks.models import Delivery, DeliverySlot, Endpoint
from webhooks.models.delivery import SLOW_MS
from webhooks.outbound.leaving_alone import PATIENCE, is_left_alone


def due_deliver(now: datetime) -> QuerySet[DeliverySlot]:
    """Return the slots to be looked after now whose endpoint is known to be quick."""
    return _due(now).filter(last_ms__gt=0, last_ms__lt=SLOW_MS)


def due_deliver_unknown(now: datetime) -> QuerySet[DeliverySlot]:
    """Return those of which nobody knows yet how quick their endpoint is: it may hang, as may others of its owner."""
    return _due(now).filter(last_ms=0)


def due_deliver_slow(now: datetime) -> QuerySet[DeliverySlot]:
    """Return those whose endpoint was slow lately: threads of their own serve them, so they hold up nobody else."""
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


def slot_wake_next(slot: DeliverySlot, *, last_ms: int, now: datetime) -> None:
    """Have the following slot of the same endpoint look for work as well, as far as there may be one.

    A new one is as quick as this one is known to be by now.
    """
    number = slot.number + 1
    if number >= settings.DELIVERIES_PER_ENDPOINT:
        return
    following = DeliverySlot.objects.filter(endpoint=slot.endpoint_id, number=number)
    idle = following.filter(Q(next_attempt_at=None) | Q(next_attempt_at__gt=now))
    if not idle.update(next_attempt_at=now) and not following.exists():
        made = DeliverySlot(endpoint_id=slot.endpoint_id, number=number, next_attempt_at=now, last_ms=last_ms)
        DeliverySlot.objects.bulk_create([made], ignore_conflicts=True)


def slot_finish(slot: DeliverySlot, lease: Lease, *, now: datetime, last_ms: int | None = None) -> None:
    """End the work on a slot; it looks again when the next delivery is due. Raises `LeaseLost`."""
    last_ms = slot.last_ms if last_ms is None else last_ms
    first = DeliverySlot.objects.filter(endpoint=slot.endpoint_id, number=0)
    with writing():
        # Whoever makes deliveries due locks the first slot: who has the lock sees all that will not wake it again.
        lock_in_order(first | DeliverySlot.objects.filter(lease.mine()))
        due = _next_look(slot.endpoint_id, now)
        # The first one looks for all. Others go on while there is more than one can do, but not where it hangs.
        goes_on = slot.number == 0 or (due == now and last_ms < SLOW_MS)
        lease.finish(next_attempt_at=due if goes_on else None, last_ms=last_ms)
        if slot.number and due:
            # It may have looked while this one had something in hand that is due again earlier than it knew.
            first.filter(Q(next_attempt_at=None) | Q(next_attempt_at__gt=due)).update(next_attempt_at=due)


def _next_look(endpoint_id: UUID, now: datetime) -> datetime | None:
    """Return when there is something to do for an endpoint; never a moment that is past.

    Slots are served in this order, so that one with a backlog goes to the end of the line after each turn.
    """
    pending = Delivery.objects.filter(endpoint=endpoint_id, status=Delivery.Status.PENDING)
    due: datetime | None = pending.aggregate(due=Min("next_attempt_at"))["due"]
    if due is None:
        return None
    endpoint = Endpoint.objects.get(pk=endpoint_id)
    if not endpoint.is_told:
        # What waits for one that is told nothing any more is ended at once.
        return now
    if endpoint.not_before is None or endpoint.not_before <= now:
        return max(due, now)
    return _look_beside_waiting(endpoint, pending, now)


def _look_beside_waiting(endpoint: Endpoint, pending: QuerySet[Delivery], now: datetime) -> datetime:
    """Return when there is something to do for an endpoint that asked to be left alone until a moment to come."""
    waiting = pending.filter(is_left_alone(now)).aggregate(due=Min("next_attempt_at"), oldest=Min("created_at"))
    others: datetime | None = pending.exclude(is_left_alone(now)).aggregate(due=Min("next_attempt_at"))["due"]
    looks = [] if others is None else [max(others, now)]
    if waiting["due"] is not None:
        patience = PATIENCE[Endpoint.Kind(endpoint.kind)]
        looks.append(max(waiting["due"], min(endpoint.not_before or now, waiting["oldest"] + patience)))
    return min(looks, default=now)
