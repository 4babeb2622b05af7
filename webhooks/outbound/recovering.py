"""The worker's step for recoveries: make due again what an endpoint missed, oldest first, some at a time.

How far it has come is written with each batch, so one that is cut off goes on behind it.
"""

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from api_project.rest.id_times import ids_made_within
from api_project.work.exceptions import LeaseLost
from api_project.work.leases import Lease
from api_project.work.locking import lock_in_order
from api_project.work.steps import Cause
from webhooks.models import Delivery, Recovery
from webhooks.outbound.repairing import deliveries_requeue
from webhooks.outbound.slots import slots_wake

logger = logging.getLogger(__name__)

AT_A_TIME = 200
# More is better asked for again when these are through.
MOST = 10_000


def due_recover(now: datetime) -> QuerySet[Recovery]:
    return Recovery.objects.filter(finished_at=None, next_attempt_at__lte=now)


def recover(recovery: Recovery, lease: Lease) -> None:
    """Make due what failed since then, until nothing or too much is left, or the endpoint is told nothing any more."""
    while _recover_some(lease):
        lease.check()
    current = _mine(lease)
    lease.finish(finished_at=timezone.now(), is_cut_off=_missed(current).exists())
    extra = {"action": "recovery.finished"}
    logger.info("%d deliveries to %s are made again.", current.queued, current.endpoint_id, extra=extra)


def give_up(recovery: Recovery, lease: Lease, cause: Cause, message: str) -> None:
    """Leave it where it is; it can be asked for again."""
    lease.finish(finished_at=timezone.now(), is_cut_off=True)


def _mine(lease: Lease) -> Recovery:
    recovery = Recovery.objects.filter(lease.mine()).select_related("endpoint").first()
    if recovery is None:
        raise LeaseLost
    return recovery


def _recover_some(lease: Lease) -> bool:
    """Make one batch due, and tell whether there may be more."""
    with transaction.atomic():
        lock_in_order(Recovery.objects.filter(lease.mine()))
        recovery = _mine(lease)
        some = _next(recovery) if recovery.endpoint.is_told else []
        if not some:
            return False
        now = timezone.now()
        slots_wake([recovery.endpoint_id], now=now)
        queued = deliveries_requeue([delivery for delivery, _ in some], now=now)
        lease.update(last_event=some[-1][1], queued=F("queued") + queued)
    return True


def _next(recovery: Recovery) -> list[tuple[UUID, UUID]]:
    """Return the following deliveries, each with its event."""
    limit = min(AT_A_TIME, MOST - recovery.queued)
    return list(_missed(recovery).values_list("pk", "event_id")[:limit])


def _missed(recovery: Recovery) -> QuerySet[Delivery]:
    """Return what failed behind the last event that was looked at; ids are in the order of creation."""
    same = Delivery.objects.filter(endpoint=recovery.endpoint_id)
    missed = same.filter(
        status=Delivery.Status.FAILED,
        event__erased_at=None,
        created_at__gte=recovery.since,
        created_at__lt=recovery.until,
    )
    # What follows from the time for ids, which there is an index of. Those of many rows at once may be ahead of theirs.
    missed = missed.filter(ids_made_within(recovery.since, None))
    if recovery.last_event:
        missed = missed.filter(pk__gt=same.filter(event=recovery.last_event).values("pk")[:1])
    return missed.order_by("pk")
