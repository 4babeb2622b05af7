"""What the pages say about endpoints, in words for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.text import Truncator

from webhooks.models import Delivery, Endpoint, PayloadLevel, Recovery, SigningSecret
from webhooks.outbound.pages.forms import event_words
from webhooks.outbound.selectors import own_endpoints

# Counting goes no further; "100+" is all that anybody needs to know.
MOST_COUNTED = 100
# In headings and titles; the whole stands below.
LONGEST_NAME = 80
DISABLED: Mapping[str, str] = {
    Endpoint.DisabledReason.OWNER: "You disabled it.",
    Endpoint.DisabledReason.GONE: "It answered 410: it wants to be told no more.",
    Endpoint.DisabledReason.FAILING: "It gave nothing but failures for five days.",
}


@dataclass(frozen=True)
class Place:
    """A URL in two parts: who is asked, and the rest."""

    host: str
    rest: str


def place(url: str) -> Place:
    """Part a URL. One that was let in long ago, under other rules, is shown as it is."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return Place(url, "")
    host = parts.netloc.rpartition("@")[2]
    _, _, rest = url.partition(parts.netloc) if parts.netloc else ("", "", "")
    return Place(host or url, rest if rest != "/" else "")


@dataclass(frozen=True)
class ShownSecret:
    """What is told of a secret after it was shown once."""

    row: SigningSecret

    @property
    def previous_until(self) -> datetime | None:
        """Return until when an older secret signs beside the current one; None where none does."""
        until = self.row.previous_until
        return until if until and timezone.now() < until else None


def secret_row(endpoint: Endpoint) -> SigningSecret | None:
    """Return the row of an endpoint's secret, which may be missing where keys were lost."""
    return getattr(endpoint, "signing_secret", None)


@dataclass(frozen=True)
class ShownEndpoint:
    """An endpoint as a page shows it, with how many are pending and how many failed, as far as they were counted."""

    endpoint: Endpoint
    pending: str = ""
    failed: str = ""

    @property
    def place(self) -> Place:
        return place(self.endpoint.url)

    @property
    def name(self) -> str:
        """Return what parts it from others, which may be at the same host."""
        return Truncator(self.endpoint.description or f"{self.place.host}{self.place.rest}").chars(LONGEST_NAME)

    @property
    def label(self) -> str:
        if not self.endpoint.enabled:
            return "Disabled"
        return "Failing" if self.endpoint.failing_from else "Enabled"

    @property
    def badge(self) -> str:
        if not self.endpoint.enabled:
            is_wished = self.endpoint.disabled_reason == Endpoint.DisabledReason.OWNER
            return "badge-off" if is_wished else "badge-error"
        return "badge-queued" if self.endpoint.failing_from else ""

    @property
    def why_disabled(self) -> str:
        return DISABLED.get(self.endpoint.disabled_reason, "")

    @property
    def secret(self) -> ShownSecret | None:
        row = secret_row(self.endpoint)
        return ShownSecret(row) if row else None

    @property
    def events(self) -> list[str]:
        return [event_words(name) for name in self.endpoint.event_types]

    @property
    def level(self) -> str:
        return PayloadLevel(self.endpoint.payload).label.rstrip(".")


def shown_endpoints(owner: User) -> list[ShownEndpoint]:
    """Return all of a user's endpoints; only where something is not delivered is anything counted."""
    same = Delivery.objects.filter(endpoint=OuterRef("pk"))
    rows = own_endpoints(owner=owner).annotate(
        any_pending=Exists(same.filter(status=Delivery.Status.PENDING)),
        any_failed=Exists(same.filter(status=Delivery.Status.FAILED)),
    )
    return [
        ShownEndpoint(
            row,
            pending=_count(row, Delivery.Status.PENDING) if row.any_pending else "",
            failed=_count(row, Delivery.Status.FAILED) if row.any_failed else "",
        )
        for row in rows
    ]


def _count(endpoint: Endpoint, status: Delivery.Status) -> str:
    found = Delivery.objects.filter(endpoint=endpoint, status=status).order_by("-pk")[: MOST_COUNTED + 1].count()
    return f"{MOST_COUNTED}+" if found > MOST_COUNTED else str(found or "")


def latest_recovery(endpoint: Endpoint) -> Recovery | None:
    """Return the latest recovery of an endpoint that was read with it."""
    found: list[Recovery] = getattr(endpoint, "latest_recoveries", [])
    return found[0] if found else None


def first_to_recover(endpoint: Endpoint) -> Delivery | None:
    """Return the oldest delivery to an endpoint that failed and could be made again."""
    failed = Delivery.objects.filter(endpoint=endpoint, status=Delivery.Status.FAILED, event__erased_at=None)
    return failed.order_by("pk").first()
