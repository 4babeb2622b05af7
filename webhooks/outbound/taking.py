"""Taking due deliveries of an endpoint in hand, and handing them back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import F, QuerySet

from api_project.work.writing import writing
from webhooks.models import Delivery

# Nobody else takes a delivery for so long, whatever became of its holder; longer than any turn of a slot.
HELD_FOR = timedelta(seconds=60)


def take_due(endpoint_id: UUID, *, limit: int, now: datetime) -> tuple[list[Delivery], bool]:
    """Take the deliveries that have been due longest, and tell whether there are more.

    Each counts as begun, so that no two attempts have the same number, even if this one is cut off.
    """
    due = Delivery.objects.filter(endpoint=endpoint_id, status=Delivery.Status.PENDING, next_attempt_at__lte=now)
    # Not the lease's token: one claim gives the same to several slots.
    token = uuid4()
    with writing():
        skip_locked = connection.features.has_select_for_update_skip_locked
        locked = due.order_by("next_attempt_at", "pk").select_for_update(skip_locked=skip_locked, no_key=True)
        found = list(locked.values_list("pk", flat=True)[: limit + 1])
        taken = found[:limit]
        Delivery.objects.filter(pk__in=taken).update(
            held_by=token, next_attempt_at=now + HELD_FOR, attempts=F("attempts") + 1
        )
        rows = Delivery.objects.filter(pk__in=taken).select_related("event")
        in_order = {row.pk: row for row in rows}
    return [in_order[pk] for pk in taken], len(found) > limit


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
