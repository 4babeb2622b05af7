"""What came of an attempt, for its delivery and its endpoint, all in one transaction."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from webhooks.models import Attempt, Delivery, Endpoint, Reason
from webhooks.outbound.disabling import endpoint_disable
from webhooks.outbound.ending import ended
from webhooks.outbound.outcomes import Outcome
from webhooks.outbound.schedule import SCHEDULE
from webhooks.outbound.taking import held

logger = logging.getLogger(__name__)

# An endpoint that gave nothing but failures for so long is told nothing any more.
FAILING_FOR = timedelta(days=5)


def record(delivery: Delivery, attempt: Attempt, outcome: Outcome, *, now: datetime) -> None:
    """Log an attempt and move its delivery on, unless that was ended or taken by somebody else meanwhile."""
    with transaction.atomic():
        _note_health(delivery.endpoint, outcome, now)
        changes = _after(delivery, outcome, now)
        is_ours = held([delivery]).update(held_by=None, **changes)
        if not is_ours:
            # What it is about may have been erased while the attempt was made.
            attempt.answer = ""
        if is_ours or _is_there(delivery):
            attempt.save(force_insert=True)
    status = changes.get("status", Delivery.Status.PENDING) if is_ours else "overtaken"
    extra = {"action": f"delivery.{status}"}
    logger.info(
        "Attempt %d of %s to %s: %s.", attempt.number, delivery.event_id, delivery.endpoint_id, status, extra=extra
    )


def _is_there(delivery: Delivery) -> bool:
    """Tell whether a delivery has not gone with all that its owner had, and keep it until the transaction ends."""
    same = Delivery.objects.filter(pk=delivery.pk).select_for_update(no_key=True)
    return same.values_list("pk").first() is not None


def _after(delivery: Delivery, outcome: Outcome, now: datetime) -> dict[str, Any]:
    """Return how the delivery goes on."""
    if outcome.delivered:
        return ended(delivery, Delivery.Status.DELIVERED, "", now) | {"failures": 0}
    failures = delivery.failures + 1
    delay = SCHEDULE.delay(failures=failures, retry_after=outcome.retry_after)
    if delay is None or outcome.reason == Reason.GONE:
        return ended(delivery, Delivery.Status.FAILED, outcome.reason, now) | {"failures": F("failures") + 1}
    return {"next_attempt_at": now + delay, "failures": F("failures") + 1, "reason": outcome.reason}


def _note_health(endpoint: Endpoint, outcome: Outcome, now: datetime) -> None:
    """Keep what is known about an endpoint, and end what is over with it."""
    if endpoint.kind != Endpoint.Kind.REGISTERED:
        # Behind one origin are addresses of many things, each of which fails for itself.
        return
    same = Endpoint.objects.filter(pk=endpoint.pk)
    if outcome.delivered:
        if endpoint.failing_from:
            same.update(failing_from=None)
    elif outcome.reason == Reason.GONE:
        endpoint_disable(endpoint, Endpoint.DisabledReason.GONE, now=now)
    elif endpoint.failing_from is None:
        same.filter(failing_from=None).update(failing_from=now)
    elif now - endpoint.failing_from >= FAILING_FOR:
        # Another attempt may have succeeded since this one was begun.
        still = Q(failing_from__lte=now - FAILING_FOR)
        endpoint_disable(endpoint, Endpoint.DisabledReason.FAILING, now=now, where=still)
