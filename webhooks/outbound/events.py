"""Writing events: in the transaction of what they tell, with all the deliveries that follow from them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import F

from webhooks.models import Delivery, Event, EventFeed, EventPayload
from webhooks.outbound.destinations import NOBODY, Destination, Named, destinations
from webhooks.outbound.event_types import EventType
from webhooks.outbound.payloads import DataAt, payloads_of
from webhooks.outbound.slots import slots_wake


def event_write(
    *,
    owner_id: int,
    kind: EventType,
    subject: UUID,
    data: DataAt,
    now: datetime,
    named: Named = NOBODY,
    wake: Collection[UUID] = (),
) -> Event:
    """Write an event for everybody who is to be told of it; it stands in the feed even if nobody is.

    Args:
        subject: the id of what it happened to.
        data: gives what it tells at a level.
        named: whom the subject names to be told.
        wake: further endpoints whose slots shall look for work, locked together with the others.
    """
    told = destinations(owner_id=owner_id, kind=kind, named=named)
    return event_write_to(told=told, owner_id=owner_id, kind=kind, subject=subject, data=data, now=now, wake=wake)


def event_write_to(
    *,
    told: Collection[Destination],
    owner_id: int,
    kind: EventType,
    subject: UUID,
    data: DataAt,
    now: datetime,
    wake: Collection[UUID] = (),
) -> Event:
    """Write an event for these and nobody else; otherwise as `event_write`."""
    if not connection.in_atomic_block:
        raise RuntimeError("An event is written in the transaction of what it tells.")
    slots_wake({destination.endpoint.pk for destination in told} | set(wake), now=now)
    event = Event(owner_id=owner_id, type=kind.name, subject=subject, created_at=now)
    event.position = _take_position(owner_id)
    event.save(force_insert=True)
    EventPayload.objects.bulk_create(payloads_of(event, data, {destination.level for destination in told}))
    Delivery.objects.bulk_create([_delivery(event, destination) for destination in told])
    return event


def _delivery(event: Event, destination: Destination) -> Delivery:
    return Delivery(
        owner_id=event.owner_id,
        event=event,
        endpoint=destination.endpoint,
        url=destination.url,
        level=destination.level,
        created_at=event.created_at,
        next_attempt_at=event.created_at,
    )


def _take_position(owner_id: int) -> int:
    """Take the next position in a user's feed, and keep everybody else from it until the transaction ends."""
    feed = EventFeed.objects.filter(pk=owner_id)
    if not feed.update(last_position=F("last_position") + 1):
        EventFeed.objects.bulk_create([EventFeed(owner_id=owner_id)], ignore_conflicts=True)
        feed.update(last_position=F("last_position") + 1)
    return feed.values_list("last_position", flat=True).get()
