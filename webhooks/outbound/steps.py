"""What the worker does for third parties."""

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from api_project.work.leases import Lease
from api_project.work.retry import RetryPolicy
from api_project.work.steps import Cause, Chore, Step, registry
from webhooks.models import DeliverySlot
from webhooks.outbound import noticing, recovering
from webhooks.outbound.delivering import deliver
from webhooks.outbound.ending import cut_off_always, delivery_crash
from webhooks.outbound.origins import origins_forget
from webhooks.outbound.slots import due_deliver, due_deliver_slow, due_deliver_unknown, slot_finish

logger = logging.getLogger(__name__)

# Work that crashes whatever it is on is tried again so much later.
AFTER_CRASHES = timedelta(minutes=5)


def give_up(slot: DeliverySlot, lease: Lease, cause: Cause, message: str) -> None:
    """End a delivery on which work was cut off again and again; where none is at fault, leave all for a while."""
    now = timezone.now()
    with transaction.atomic():
        is_ended = delivery_crash(cut_off_always(slot.endpoint_id, now=now), now=now)
    if is_ended:
        slot_finish(slot, lease, now=now)
    else:
        extra = {"action": "slot.crashes"}
        logger.error("Work for %s crashes again and again, and no delivery is at fault.", slot.about, extra=extra)
        lease.finish(next_attempt_at=now + AFTER_CRASHES)


def register() -> None:
    """Tell the worker about the steps of this app."""
    for_ever = RetryPolicy(longest=timedelta(minutes=5), give_up_after=None)
    for_a_day = RetryPolicy(longest=timedelta(hours=1), give_up_after=timedelta(hours=24))
    how: dict[str, Any] = {"give_up": give_up, "retry": for_ever, "related": ("endpoint",)}
    # Who has many that hang leaves most of the threads to others.
    shared: dict[str, Any] = {**how, "threads": 8, "share": "endpoint__owner", "most": 2}
    registry.add(
        Step("deliver", "deliver", due_deliver, deliver, threads=8, ahead=8, **how),
        Step("deliver_unknown", "deliver-unknown", due_deliver_unknown, deliver, **shared),
        Step("deliver_slow", "deliver-slow", due_deliver_slow, deliver, **shared),
        Step("endpoint", "recover", recovering.due_recover, recovering.recover, recovering.give_up, threads=2),
        Step("endpoint", "notice", noticing.due_notice, noticing.notice, noticing.give_up, threads=2, retry=for_a_day),
        Chore("forget origins", origins_forget),
    )
