"""Who is to be told of an event."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from webhooks.models import Endpoint, PayloadLevel
from webhooks.outbound.event_types import ENDPOINT_DISABLED, EventType, wants
from webhooks.outbound.origins import endpoint_of_url


@dataclass(frozen=True)
class Named:
    """Whom the thing that an event is about names itself: endpoints instead of all others, and one address more."""

    endpoints: Collection[UUID] | None = None
    url: str = ""


NOBODY = Named()


@dataclass(frozen=True)
class Destination:
    """An endpoint, and the address where it is not the endpoint's own."""

    endpoint: Endpoint
    url: str = ""

    @property
    def level(self) -> PayloadLevel:
        return PayloadLevel(self.endpoint.payload)


def destinations(*, owner_id: int, kind: EventType, named: Named) -> list[Destination]:
    """Return whom to tell: the user's endpoints that want to know, or those that are named, and the named address."""
    told = [Destination(endpoint) for endpoint in _registered(owner_id, named) if wants(endpoint.event_types, kind)]
    if named.url and kind != ENDPOINT_DISABLED:
        told.append(Destination(endpoint_of_url(owner_id, named.url), named.url))
    return told


def _registered(owner_id: int, named: Named) -> QuerySet[Endpoint]:
    endpoints = Endpoint.objects.filter(
        owner=owner_id, kind=Endpoint.Kind.REGISTERED, enabled=True, deleted_at=None
    ).order_by("pk")
    return endpoints if named.endpoints is None else endpoints.filter(pk__in=named.endpoints)
