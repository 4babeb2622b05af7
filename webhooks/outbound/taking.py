"""Taking due deliveries of an endpoint in hand, and handing them back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import F, OuterRef, QuerySet, Subquery

from api_project.work.writing import writing
from webhooks.models import Delivery, EventPayload

# Nobody else takes a delivery for so long, whatever became of its holder; longer than any turn of a slot.
HELD_FOR = timedelta(seconds=60)


def take_due(endpoint_id: UUID, *, limit: int, now: datetime) -> tuple[list[Delivery], bool]:
    """Take the deliveries that have been due longest, with what they are to send, and tell whether there are more.

    Each counts as begun, so that no two attempts have the same number, even if this one is cut off.
    """
    pending = Delivery.objects.filter(endpoint=endpoint_id, status=Delivery.Status.PENDING)
    # It may be told nothing any more since its slot was claimed.
    due = pending.filter(next_attempt_at__lte=now, endpoint__enabled=True, endpoint__deleted_at=None)
    # Not the lease's token: one claim gives the same to several slots.
    token = uuid4()
    with writing():
        skip_locked = connection.features.has_select_for_update_skip_locked
        locked = due.select_for_update(skip_locked=skip_locked, no_key=True, of=("self",))
        found = list(_with_body(locked).select_related("event").order_by("next_attempt_at", "pk")[: limit + 1])
        taken = found[:limit]
        for delivery in taken:
            delivery.held_by, delivery.next_attempt_at = token, now + HELD_FOR
            delivery.attempts += 1
            delivery.body = delivery.payload_body
        Delivery.objects.filter(pk__in=[delivery.pk for delivery in taken]).update(
            held_by=token, next_attempt_at=now + HELD_FOR, attempts=F("attempts") + 1
        )
    return taken, len(found) > limit


def bodies(deliveries: Sequence[Delivery]) -> dict[UUID, str]:
    """Return what is to be sent; nothing where that, or its receiver, was deleted or disabled since it was taken."""
    ours = held(deliveries).filter(endpoint__enabled=True, endpoint__deleted_at=None)
    return dict(_with_body(ours).values_list("pk", "payload_body"))


def _with_body(deliveries: QuerySet[Delivery]) -> QuerySet[Any]:
    of_level = EventPayload.objects.filter(event=OuterRef("event"), level=OuterRef("level"))
    return deliveries.annotate(payload_body=Subquery(of_level.values("body")))


def hand_back(deliveries: Sequence[Delivery]) -> None:
    """Give back what was taken and not begun: it is due at once and before what came later, as if never taken."""
    if deliveries:
        held(deliveries).update(held_by=None, next_attempt_at=F("created_at"), attempts=F("attempts") - 1)


def held(deliveries: Sequence[Delivery]) -> QuerySet[Delivery]:
    """Return those of the taken deliveries that nobody else has ended or taken since."""
    return Delivery.objects.filter(
        pk__in=[delivery.pk for delivery in deliveries],
        # Each taking has a token of its own, so one of these is that of this taking.
        held_by__in={delivery.held_by for delivery in deliveries},
        status=Delivery.Status.PENDING,
    )
