"""Sending again what was not delivered, when somebody asks for it: one delivery, or all that an endpoint missed."""

import logging
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from api_project.work.locking import lock_in_order
from webhooks.models import Delivery, Endpoint, Event, Recovery
from webhooks.outbound.exceptions import BeingTried, EndpointDisabled, NotDeliverable, RecoveryUnderWay
from webhooks.outbound.slots import slots_wake

logger = logging.getLogger(__name__)


def delivery_redeliver(*, delivery: Delivery) -> Delivery:
    """Have an event sent to one endpoint again: due at once, with the whole schedule before it.

    One that waits for its next try becomes due at once, and keeps its place in the schedule. Raises `NotDeliverable`,
    `BeingTried` and `Delivery.DoesNotExist` for one that is gone.
    """
    now = timezone.now()
    with transaction.atomic():
        slots_wake([delivery.endpoint_id], now=now)
        # Whoever erases what the event is about waits for this, or has done it.
        lock_in_order(Event.objects.filter(pk=delivery.event_id))
        same = Delivery.objects.filter(pk=delivery.pk)
        lock_in_order(same)
        _require_deliverable(same.select_related("event", "endpoint").get(), now)
        # What nobody holds any more is due already.
        same.filter(status=Delivery.Status.PENDING, next_attempt_at__gt=now).update(next_attempt_at=now)
        _begin_anew(same.exclude(status=Delivery.Status.PENDING), now)
    logger.info("Delivery %s is made again.", delivery.pk, extra={"action": "delivery.redelivered"})
    return same.select_related("event", "endpoint").get()


def _require_deliverable(delivery: Delivery, now: datetime) -> None:
    endpoint = delivery.endpoint
    if delivery.event.erased_at:
        raise NotDeliverable("What the event is about was deleted, and what was told of it with it.")
    if endpoint.deleted_at:
        raise NotDeliverable("The endpoint was deleted.")
    if not endpoint.enabled:
        raise NotDeliverable("The endpoint is disabled; enable it first.")
    if endpoint.kind == Endpoint.Kind.ORIGIN and not delivery.url:
        raise NotDeliverable("The `webhook_url` went with what had named it.")
    if delivery.is_in_hand(now):
        raise BeingTried


def deliveries_requeue(deliveries: Collection[UUID], *, now: datetime) -> int:
    """Make failed deliveries due again, but those whose event was erased, and return how many there were.

    Call it in a transaction that has woken the slots of their endpoints.
    """
    failed = Delivery.objects.filter(pk__in=deliveries, status=Delivery.Status.FAILED)
    lock_in_order(Event.objects.filter(deliveries__in=deliveries))
    kept = failed.filter(event__erased_at=None)
    lock_in_order(kept)
    return _begin_anew(kept, now)


def _begin_anew(ended: QuerySet[Delivery], now: datetime) -> int:
    return ended.update(
        status=Delivery.Status.PENDING, reason="", failures=0, next_attempt_at=now, ended_at=None, held_by=None
    )


def recovery_start(*, endpoint: Endpoint, since: datetime) -> Recovery:
    """Have a worker send again what an endpoint missed since then. Raises `EndpointDisabled` and `RecoveryUnderWay`."""
    now = timezone.now()
    if not Endpoint.objects.filter(pk=endpoint.pk, enabled=True, deleted_at=None).exists():
        raise EndpointDisabled
    try:
        with transaction.atomic():
            recovery = Recovery.objects.create(endpoint=endpoint, since=since, until=now, next_attempt_at=now)
    except IntegrityError as exc:
        raise RecoveryUnderWay from exc
    extra = {"action": "recovery.begun"}
    logger.info("What %s missed since %s is made again.", endpoint.pk, since.isoformat(), extra=extra)
    return recovery
