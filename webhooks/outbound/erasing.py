"""Taking away what third parties were, or were to be, told of something that was deleted, and all that a user has."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

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


def blank_subject(subject: UUID, *, now: datetime) -> None:
    """Blank the bodies of all events about something, with what was answered, and end what was not delivered yet.

    Call it in the transaction of the deletion: from then on nobody is told any of it.
    """
    events = Event.objects.filter(subject=subject, erased_at=None)
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


def erase(user: User) -> None:
    """Delete all of it; what a worker has in hand notices that its row is gone."""
    for model in (Attempt, EventPayload):
        owner = Q(delivery__owner=user) if model is Attempt else Q(event__owner=user)
        model.objects.filter(owner).delete()
    with transaction.atomic():
        for rows in (
            Recovery.objects.filter(endpoint__owner=user),
            Delivery.objects.filter(owner=user),
            Event.objects.filter(owner=user),
            SigningSecret.objects.filter(owner=user),
            Endpoint.objects.filter(owner=user),
            EventFeed.objects.filter(owner=user),
        ):
            rows.delete()


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
