"""Deliveries as pages list them: newest first, some at a time, all or those of some statuses."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.models import User
from django.http import Http404
from django.urls import reverse

from api_project.rest.pagination import Cursor, Span
from webhooks.models import Delivery, Endpoint
from webhooks.outbound.lists import DeliveryFilters, own_deliveries
from webhooks.outbound.pages.showing_deliveries import ShownDelivery, shown_deliveries

PAGE_SIZE = 20
PENDING, DELIVERED, FAILED = Delivery.Status.PENDING, Delivery.Status.DELIVERED, Delivery.Status.FAILED
# What a list can be narrowed to: its name in the address, in words, and the statuses that it means.
SHOWN: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "": ("All", ()),
    "undelivered": ("Not delivered", (PENDING, FAILED)),
    "pending": ("Pending", (PENDING,)),
    "failed": ("Failed", (FAILED,)),
    "delivered": ("Delivered", (DELIVERED,)),
}


@dataclass(frozen=True)
class Asked:
    """What the address of the page says: which deliveries, and where the page begins."""

    path: str
    show: str = ""
    before: UUID | None = None

    @property
    def address(self) -> str:
        parameters = {"show": self.show, "before": self.before}
        given = urlencode({name: value for name, value in parameters.items() if value})
        return f"{self.path}?{given}" if given else self.path


@dataclass(frozen=True)
class Choice:
    """One of the ways to narrow the list."""

    label: str
    address: str
    is_chosen: bool


@dataclass(frozen=True)
class DeliveryPage:
    """Some deliveries; `older` is the address of the next page, empty on the last."""

    rows: list[ShownDelivery]
    asked: Asked
    older: str

    @property
    def is_first(self) -> bool:
        return self.asked.before is None

    @property
    def newest(self) -> str:
        return replace(self.asked, before=None).address

    @property
    def choices(self) -> list[Choice]:
        return [
            Choice(label, Asked(self.asked.path, show).address, show == self.asked.show)
            for show, (label, _) in SHOWN.items()
        ]


def delivery_page(*, owner: User, parameters: Mapping[str, str], endpoint: Endpoint | None = None) -> DeliveryPage:
    """Return the page of deliveries that is asked for. Raises Http404 for a place that no link of ours leads to."""
    path = reverse("webhook-endpoint-page", args=[endpoint.pk]) if endpoint else reverse("deliveries-page")
    asked = _read_asked(path, parameters)
    filters = DeliveryFilters(statuses=SHOWN[asked.show][1], endpoint=endpoint.pk if endpoint else None)
    span = Cursor(asked.before.int).span if asked.before else Span()
    # One more than is shown tells whether there are any beyond.
    rows = own_deliveries(owner=owner, filters=filters).fetch(span, limit=PAGE_SIZE + 1, oldest_first=False)
    shown = rows[:PAGE_SIZE]
    older = replace(asked, before=shown[-1].pk).address if len(rows) > PAGE_SIZE else ""
    return DeliveryPage(shown_deliveries(shown), asked, older)


def _read_asked(path: str, parameters: Mapping[str, str]) -> Asked:
    show, before = parameters.get("show", ""), parameters.get("before", "")
    try:
        return Asked(path, show if show in SHOWN else "", UUID(before) if before else None)
    except ValueError as exc:
        raise Http404 from exc
