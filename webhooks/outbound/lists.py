"""Events and deliveries as they are listed: of one user, narrowed down, each time in the order of an index."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from api_project.rest.id_times import ids_made_within
from api_project.rest.pagination import Listed, Span
from api_project.rest.slices import Slices
from webhooks.models import Attempt, Delivery, Endpoint, Event, EventFeed, EventPayload, PayloadLevel
from webhooks.outbound.exceptions import UnknownPosition

# What the columns of positions hold.
LARGEST_POSITION = 2**63 - 1
# A type with fewer events than this is sought by them; one with more is met soon on the way through all deliveries.
FEW_EVENTS = 1_000
# Whoever has one made again and again is shown the latest.
MOST_ATTEMPTS = 100


@dataclass(frozen=True)
class EventFilters:
    """Only events like this; what is not given does not narrow."""

    type: str | None = None
    subject: UUID | None = None


@dataclass(frozen=True)
class DeliveryFilters:
    """Only deliveries like this; what is not given does not narrow. `created_before` itself is not included."""

    statuses: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    endpoint: UUID | None = None
    event: UUID | None = None
    event_type: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


class Feed:
    """A user's events by their positions, which are in the order of commits."""

    def __init__(self, owner: User, filters: EventFilters) -> None:
        self._owner = owner
        self._events = _events(owner, filters)

    def fetch(self, span: Span, *, limit: int, oldest_first: bool) -> Sequence[Event]:
        # A cursor may be made up, and its position larger than any.
        within = self._events.filter(
            position__lt=min(span.below, LARGEST_POSITION), position__gt=min(span.above, LARGEST_POSITION)
        )
        return list(within.order_by("position" if oldest_first else "-position")[:limit])

    def position(self, row: Event) -> int:
        return row.position

    def following(self, position: int, *, limit: int) -> tuple[list[Event], int]:
        """Return the next events, the oldest first, and the position to go on from.

        No event that is still to come is behind that one. Raises `UnknownPosition` for one that was never taken.
        """
        # All up to there are committed, so that a page which is not full has seen everything until then.
        last = EventFeed.objects.filter(pk=self._owner.pk).values_list("last_position", flat=True).first() or 0
        if position > last:
            raise UnknownPosition
        within = self._events.filter(position__gt=position, position__lte=last)
        events = list(within.order_by("position")[:limit])
        return events, events[-1].position if len(events) == limit else last


def own_events(*, owner: User, filters: EventFilters | None = None) -> Feed:
    """Return a user's events, as pages are made of them."""
    return Feed(owner, filters or EventFilters())


def own_event(*, owner: User, event_id: UUID) -> Event:
    """Return one of a user's events, with to whom it is told. Raises `Event.DoesNotExist` for anybody else's."""
    told = Prefetch("deliveries", _deliveries().order_by("pk"))
    event: Event = _events(owner, EventFilters()).prefetch_related(told).get(pk=event_id)
    return event


def _events(owner: User, filters: EventFilters) -> QuerySet[Any]:
    """Return events with what they tell at level `summary` as `body`, which is blank when that was erased."""
    summary = EventPayload.objects.filter(event=OuterRef("pk"), level=PayloadLevel.SUMMARY)
    events = Event.objects.annotate(body=Subquery(summary.values("body")[:1]))
    if filters.subject and not Event.objects.filter(subject=filters.subject, owner=owner).exists():
        return events.none()
    # All events about one thing are one user's. Without the owner only the index by subjects can be meant.
    events = events.filter(subject=filters.subject) if filters.subject else events.filter(owner=owner)
    return events.filter(type=filters.type) if filters.type else events


def own_deliveries(*, owner: User, filters: DeliveryFilters | None = None) -> Listed:
    """Return a user's deliveries with their events and endpoints, as pages are made of them."""
    filters = filters or DeliveryFilters()
    rows = _deliveries()
    if not _are_own(owner, filters):
        return Slices(rows, [rows.none()])
    found = rows.filter(_residue(owner, filters), ids_made_within(filters.created_after, filters.created_before))
    return Slices(rows, [found.filter(condition) for condition in _slices(owner, filters)])


def own_delivery(*, owner: User, delivery_id: UUID) -> Delivery:
    """Return one of a user's deliveries with its event and endpoint. Raises `Delivery.DoesNotExist` for others'."""
    return _deliveries().get(pk=delivery_id, owner=owner)


def attempts_of(delivery: Delivery) -> list[Attempt]:
    """Return the latest attempts of a delivery, the latest first."""
    return list(Attempt.objects.filter(delivery=delivery).order_by("-pk")[:MOST_ATTEMPTS])


def _deliveries() -> QuerySet[Delivery]:
    return Delivery.objects.select_related("event", "endpoint")


def _are_own(owner: User, filters: DeliveryFilters) -> bool:
    """Tell whether what is named is the owner's, who then need not be told to the database beside it."""
    if filters.endpoint and not Endpoint.objects.filter(pk=filters.endpoint, owner=owner).exists():
        return False
    return not filters.event or Event.objects.filter(pk=filters.event, owner=owner).exists()


def _slices(owner: User, filters: DeliveryFilters) -> Iterator[Q]:
    """Yield conditions that together select all, and for each of which there is an index in order of ids."""
    statuses = filters.statuses or _statuses_with(filters.reasons)
    if filters.event:
        # They are few.
        by_endpoint = Q(endpoint=filters.endpoint) if filters.endpoint else Q()
        yield by_endpoint & Q(event=filters.event, status__in=statuses or Delivery.Status.values)
    elif filters.endpoint:
        for status in statuses or Delivery.Status.values:
            yield Q(endpoint=filters.endpoint, status=status)
    elif not statuses:
        yield Q(owner=owner)
    else:
        for status in statuses:
            # Said twice, since SQLite wants an index's own condition word for word.
            is_undelivered = ~Q(status=Delivery.Status.DELIVERED) if status != Delivery.Status.DELIVERED else Q()
            yield Q(owner=owner, status=status) & is_undelivered


def _statuses_with(reasons: Sequence[str]) -> tuple[str, ...]:
    """Return which statuses have a reason, if that is asked for."""
    return (Delivery.Status.PENDING, Delivery.Status.FAILED) if reasons else ()


def _residue(owner: User, filters: DeliveryFilters) -> Q:
    """Return what is left to look at in each row."""
    found = Q()
    if filters.reasons:
        found &= Q(reason__in=filters.reasons)
    if filters.created_after:
        found &= Q(created_at__gte=filters.created_after)
    if filters.created_before:
        found &= Q(created_at__lt=filters.created_before)
    return found & _of_type(owner, filters.event_type) if filters.event_type else found


def _of_type(owner: User, kind: str) -> Q:
    few = list(Event.objects.filter(owner=owner, type=kind).values_list("pk", flat=True)[: FEW_EVENTS + 1])
    return Q(event__in=few) if len(few) <= FEW_EVENTS else Q(event__type=kind)
