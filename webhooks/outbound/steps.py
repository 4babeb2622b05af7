"""What the worker does for third parties."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from api_project.work.leases import Lease
from api_project.work.retry import RetryPolicy
from api_project.work.steps import Cause, Chore, Step, registry
from webhooks.models import Delivery, DeliverySlot
from webhooks.outbound import noticing, recovering
from webhooks.outbound.delivering import deliver
from webhooks.outbound.ending import delivery_crash
from webhooks.outbound.origins import origins_forget
from webhooks.outbound.slots import due_deliver, due_deliver_slow, slot_finish


def give_up(slot: DeliverySlot, lease: Lease, cause: Cause, message: str) -> None:
    """End the delivery that is next, since working on it crashed again and again; the others go on."""
    pending = Delivery.objects.filter(endpoint=slot.endpoint_id, status=Delivery.Status.PENDING)
    with transaction.atomic():
        delivery_crash(pending.order_by("next_attempt_at", "pk"), now=timezone.now())
    slot_finish(slot, lease, now=timezone.now())


def register() -> None:
    """Tell the worker about the steps of this app."""
    for_ever = RetryPolicy(longest=timedelta(minutes=5), give_up_after=None)
    for_a_day = RetryPolicy(longest=timedelta(hours=1), give_up_after=timedelta(hours=24))
    how: dict[str, Any] = {"give_up": give_up, "retry": for_ever, "related": ("endpoint__signing_secret",)}
    registry.add(
        Step("deliver", "deliver", due_deliver, deliver, threads=8, ahead=8, **how),
        Step("deliver_slow", "deliver-slow", due_deliver_slow, deliver, threads=8, **how),
        Step("endpoint", "recover", recovering.due_recover, recovering.recover, recovering.give_up, threads=2),
        Step("endpoint", "notice", noticing.due_notice, noticing.notice, noticing.give_up, threads=2, retry=for_a_day),
        Chore("forget origins", origins_forget),
    )
