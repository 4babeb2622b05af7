"""Taking away what third parties were, or were to be, told of something that was deleted, and all that a user has."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from api_project.rest.erasing.registry import Eraser, erasers
from api_project.work.locking import lock_in_order
from webhooks.models import (
    Attempt,
    Delivery,
    DeliverySlot,
    Endpoint,
    Event,
    EventFeed,
    EventPayload,
    Reason,
    Recovery,
    SigningSecret,
)
from webhooks.outbound.ending import deliveries_fail

AT_A_TIME = 500
LOOK_EVERY_SECONDS = 0.2


def blank_subject(subject: UUID, *, but: Event, now: datetime) -> None:
    """Blank the bodies of all events about something, with what was answered, and end what was not delivered yet.

    Call it in the transaction of the deletion: from then on nobody is told any of it, `but` that it is gone.
    """
    events = Event.objects.filter(subject=subject, erased_at=None).exclude(pk=but.pk)
    ids = list(events.values_list("pk", flat=True))
    lock_in_order(events)
    events.update(erased_at=now)
    EventPayload.objects.filter(event__in=ids).update(body="")
    deliveries = Delivery.objects.filter(event__in=ids)
    deliveries_fail(deliveries.filter(status=Delivery.Status.PENDING), Reason.ERASED, now=now)
    deliveries.exclude(url="").update(url="")
    Attempt.objects.filter(delivery__in=deliveries).update(answer="")


def count(user: User) -> dict[str, int]:
    return {
        "webhook endpoints": Endpoint.objects.filter(owner=user).count(),
        "signing secrets": SigningSecret.objects.filter(owner=user).count(),
        "events": Event.objects.filter(owner=user).count(),
        "deliveries": Delivery.objects.filter(owner=user).count(),
    }


def erase(user: User, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Delete all of it, when no worker has any of it in hand."""
    _tell_no_more(user)
    _wait_for_workers(user, sleep)
    for rows in (
        Attempt.objects.filter(delivery__owner=user),
        Delivery.objects.filter(owner=user),
        EventPayload.objects.filter(event__owner=user),
        Event.objects.filter(owner=user),
        SigningSecret.objects.filter(owner=user),
        *_work(user),
        EventFeed.objects.filter(owner=user),
    ):
        _delete(rows)


def _work(user: User) -> tuple[QuerySet[Any], ...]:
    """Return the rows that workers take in hand, those that others hang on last."""
    endpoints = Endpoint.objects.filter(owner=user)
    of_endpoints = Q(endpoint__owner=user)
    return DeliverySlot.objects.filter(of_endpoints), Recovery.objects.filter(of_endpoints), endpoints


@transaction.atomic
def _tell_no_more(user: User) -> None:
    """Let no worker begin anything more for the user; one that is at it ends what it began."""
    now = timezone.now()
    for rows in reversed(_work(user)):
        lock_in_order(rows)
        rows.update(next_attempt_at=None)
    Endpoint.objects.filter(owner=user, deleted_at=None).update(deleted_at=now)


def _wait_for_workers(user: User, sleep: Callable[[float], None]) -> None:
    # One that was killed left its lease, and what it was at looks due again when it is at its end.
    patience = 2 * settings.LEASE_SECONDS / LOOK_EVERY_SECONDS
    while patience > 0 and _is_in_hand(user):
        patience -= 1
        sleep(LOOK_EVERY_SECONDS)


def _is_in_hand(user: User) -> bool:
    in_hand = Q(lease_until__gt=timezone.now()) | Q(next_attempt_at__isnull=False)
    return any(rows.filter(in_hand).exists() for rows in _work(user))


def _delete(rows: QuerySet[Any]) -> None:
    """Delete rows some at a time, so that nobody waits long for one of them."""
    while some := list(rows.order_by("pk").values_list("pk", flat=True)[:AT_A_TIME]):
        rows.filter(pk__in=some).delete()


def register() -> None:
    """Tell the erasing of users about this app."""
    covers = (
        Attempt,
        Delivery,
        DeliverySlot,
        Endpoint,
        Event,
        EventFeed,
        EventPayload,
        Recovery,
        SigningSecret,
    )
    erasers.append(Eraser(covers=covers, count=count, erase=erase))
