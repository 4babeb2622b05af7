"""Events and deliveries for tests, written and ended the way the service does it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from uuid6 import uuid7

from tests.factories import make_user
from webhooks.models import Attempt, Delivery, Endpoint, Event, PayloadLevel, Reason
from webhooks.outbound.ending import deliveries_fail
from webhooks.outbound.event_types import TRANSCRIPT_COMPLETED, EventType
from webhooks.outbound.events import event_write
from webhooks.outbound.outcomes import Outcome
from webhooks.outbound.recording import Made, record
from webhooks.outbound.taking import take_due

FAILED = Outcome(delivered=False, reason=Reason.STATUS, detail="The answer was 500.", status_code=500, answer="Oops")
DELIVERED = Outcome(delivered=True, status_code=200, answer="Thanks")


def make_event(
    user: str = "ada",
    kind: EventType = TRANSCRIPT_COMPLETED,
    *,
    subject: UUID | None = None,
    now: datetime | None = None,
    **data: Any,
) -> Event:
    """Write an event for all endpoints of a user that want to know."""
    with transaction.atomic():
        return event_write(
            owner_id=make_user(user).pk,
            kind=kind,
            subject=subject or uuid7(),
            data=lambda level: {"level": str(level), **data} if level != PayloadLevel.IDS else {},
            now=now or timezone.now(),
        )


def attempt(endpoint: Endpoint, outcome: Outcome, *, now: datetime | None = None) -> Delivery:
    """Make an attempt on what has been due longest to an endpoint, and return its delivery."""
    now = now or timezone.now()
    (delivery,), _ = take_due(endpoint.pk, limit=1, now=now)
    made = Attempt(
        delivery=delivery,
        number=delivery.attempts,
        started_at=now,
        duration_ms=12,
        status_code=outcome.status_code,
        reason=outcome.reason,
        detail=outcome.detail,
        answer=outcome.answer,
    )
    record([Made(delivery, made, outcome)], now=now)
    delivery.refresh_from_db()
    return delivery


def make_failed(user: str = "ada", *, reason: Any = "connection_failed", **more: Any) -> Delivery:
    """Write an event of which the first delivery has failed for good."""
    delivery = make_event(user, **more).deliveries.order_by("pk")[0]
    fail(delivery, reason=reason)
    return delivery


def fail(*deliveries: Delivery, reason: Any = "connection_failed") -> None:
    """End deliveries as if all their tries were used up."""
    with transaction.atomic():
        deliveries_fail(Delivery.objects.filter(pk__in=[row.pk for row in deliveries]), reason, now=timezone.now())
    for row in deliveries:
        row.refresh_from_db()
