"""What becomes of what waits for an endpoint, in the transaction in which its owner changes it.

What is in hand belongs to the worker that has it, for as long as it holds it.
"""

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from api_project.work.locking import lock_in_order
from webhooks.models import Delivery, Reason
from webhooks.outbound.ending import deliveries_fail

# A request is not to take long, whatever has piled up. What is left is ended by the endpoint's slot,
MOST_ENDED = 1_000
# or goes by its schedule.
MOST_BROUGHT_FORWARD = 10_000


def waiting_end(endpoint_id: UUID, reason: Reason, *, now: datetime) -> int:
    """End what waits for an endpoint that is told nothing any more, and return how many there were.

    Call it in the transaction that says so, after its slot was woken.
    """
    return deliveries_fail(_some(_waiting(endpoint_id, now), MOST_ENDED), reason, now=now)


def waiting_bring_forward(endpoint_id: UUID, *, now: datetime) -> int:
    """Make due at once what waits for its next try; each keeps its place in the schedule. Else as for the other."""
    later = _some(_waiting(endpoint_id, now).filter(next_attempt_at__gt=now), MOST_BROUGHT_FORWARD)
    lock_in_order(later)
    return later.update(next_attempt_at=now)


def _waiting(endpoint_id: UUID, now: datetime) -> QuerySet[Delivery]:
    if not connection.in_atomic_block:
        raise RuntimeError("What waits is changed in the transaction of the reason for it.")
    not_in_hand = Q(held_by=None) | Q(next_attempt_at__lte=now)
    return Delivery.objects.filter(not_in_hand, endpoint=endpoint_id, status=Delivery.Status.PENDING)


def _some(waiting: QuerySet[Delivery], most: int) -> QuerySet[Delivery]:
    """Return the oldest of them, by their ids: which those are is asked once, and the conditions each time."""
    return waiting.filter(pk__in=list(waiting.order_by("pk").values_list("pk", flat=True)[:most]))
