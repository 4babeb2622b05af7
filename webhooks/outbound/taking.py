"""Taking due deliveries of an endpoint in hand, and handing them back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from api_project.work.locking import lock_in_order
from api_project.work.writing import writing
from webhooks.models import Delivery, EventPayload
from webhooks.outbound.leaving_alone import is_left_alone

# Nobody else takes a delivery for so long, whatever became of its holder; longer than any turn of a slot.
HELD_FOR = timedelta(seconds=60)
ENDPOINT = ("endpoint", "endpoint__signing_secret")


def take_due(endpoint_id: UUID, *, limit: int, now: datetime) -> tuple[list[Delivery], bool]:
    """Take the deliveries that have been due longest, with what they are to send, and tell whether there are more.

    Each counts as begun, so that no two attempts have the same number, even if this one is cut off. One that was cut
    off before is taken by itself: should it be again, it is known which it was.
    """
    pending = Delivery.objects.filter(endpoint=endpoint_id, status=Delivery.Status.PENDING)
    # It may be told nothing any more since its slot was claimed.
    due = pending.filter(_may_be_told(now), next_attempt_at__lte=now)
    # Not the lease's token: one claim gives the same to several slots.
    token = uuid4()
    with writing():
        skip_locked = connection.features.has_select_for_update_skip_locked
        locked = due.select_for_update(skip_locked=skip_locked, no_key=True, of=("self",))
        found = _with_bodies(locked.order_by("next_attempt_at", "pk")[: limit + 1])
        taken = _together(found[:limit])
        for delivery in taken:
            delivery.held_by, delivery.next_attempt_at = token, now + HELD_FOR
            delivery.attempts += 1
        Delivery.objects.filter(pk__in=[delivery.pk for delivery in taken]).update(
            held_by=token, next_attempt_at=now + HELD_FOR, attempts=F("attempts") + 1
        )
    return taken, len(found) > len(taken)


def _together(due: list[Any]) -> list[Any]:
    """Return those that may be taken together: who held one that is due was killed, or lost it."""
    return list(takewhile(lambda delivery: delivery.held_by is None, due)) or due[:1]


def taken_still(deliveries: Sequence[Delivery], *, now: datetime) -> list[Delivery]:
    """Return those that may be sent still, with what is to be sent and where to, as both are by now.

    It may have been deleted since they were taken, and the endpoint disabled, changed or asked to be left alone.
    """
    fresh = held(deliveries).filter(_may_be_told(now))
    found = {delivery.pk: delivery for delivery in _with_bodies(fresh)}
    return [found[delivery.pk] for delivery in deliveries if delivery.pk in found]


def _may_be_told(now: datetime) -> Q:
    return ~is_left_alone(now) & Q(endpoint__enabled=True, endpoint__deleted_at=None)


def _with_bodies(deliveries: QuerySet[Delivery]) -> list[Delivery]:
    of_level = EventPayload.objects.filter(event=OuterRef("event"), level=OuterRef("level"))
    found: QuerySet[Any] = deliveries.annotate(payload_body=Subquery(of_level.values("body")))
    read = list(found.select_related("event", *ENDPOINT))
    for delivery in read:
        delivery.body = delivery.payload_body
    return read


def hand_back(deliveries: Sequence[Delivery]) -> None:
    """Give back what was taken and not begun: it is due at once and before what came later, as if never taken."""
    if not deliveries:
        return
    ours = held(deliveries)
    with writing():
        lock_in_order(ours)
        ours.update(held_by=None, next_attempt_at=F("created_at"), attempts=F("attempts") - 1)


def held(deliveries: Sequence[Delivery]) -> QuerySet[Delivery]:
    """Return those of the taken deliveries that nobody else has ended or taken since."""
    return Delivery.objects.filter(
        pk__in=[delivery.pk for delivery in deliveries],
        # Each taking has a token of its own, so one of these is that of this taking.
        held_by__in={delivery.held_by for delivery in deliveries},
        status=Delivery.Status.PENDING,
    )
