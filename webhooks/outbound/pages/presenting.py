"""What the pages say about endpoints, deliveries and attempts, in words for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef
from django.utils import timezone

from webhooks.models import Attempt, Delivery, Endpoint, PayloadLevel, Reason, Recovery, SigningSecret
from webhooks.outbound.pages.forms import DESCRIBED, event_words
from webhooks.outbound.selectors import own_endpoints

# Counting goes no further; "100+" is all that anybody needs to know.
MOST_COUNTED = 100
DISABLED: Mapping[str, str] = {
    Endpoint.DisabledReason.OWNER: "You turned it off.",
    Endpoint.DisabledReason.GONE: "It answered 410: it wants to be told no more.",
    Endpoint.DisabledReason.FAILING: "It gave nothing but failures for five days.",
}
STATUSES: Mapping[str, str] = {
    Delivery.Status.PENDING: "Waiting",
    Delivery.Status.DELIVERED: "Delivered",
    Delivery.Status.FAILED: "Failed",
}
# The colours of transcripts' states, which mean the same.
BADGES: Mapping[str, str] = {
    Delivery.Status.PENDING: "badge-queued",
    Delivery.Status.DELIVERED: "badge-completed",
    Delivery.Status.FAILED: "badge-error",
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
class ShownEndpoint:
    """An endpoint as a page shows it, with how many wait and how many failed, as far as they were counted."""

    endpoint: Endpoint
    waiting: str = ""
    failed: str = ""

    @property
    def place(self) -> Place:
        return place(self.endpoint.url)

    @property
    def label(self) -> str:
        if not self.endpoint.enabled:
            return "Off"
        return "Failing" if self.endpoint.failing_from else "On"

    @property
    def badge(self) -> str:
        if not self.endpoint.enabled:
            is_wished = self.endpoint.disabled_reason == Endpoint.DisabledReason.OWNER
            return "badge-off" if is_wished else "badge-error"
        return "badge-queued" if self.endpoint.failing_from else ""

    @property
    def why_off(self) -> str:
        return DISABLED.get(self.endpoint.disabled_reason, "")

    @property
    def secret(self) -> SigningSecret | None:
        """Return the row of its secret, which may be missing where keys were lost."""
        return getattr(self.endpoint, "signing_secret", None)

    @property
    def previous_until(self) -> datetime | None:
        """Return until when an older secret signs beside the current one; None where none does."""
        until = self.secret.previous_until if self.secret else None
        return until if until and timezone.now() < until else None

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
        any_waiting=Exists(same.filter(status=Delivery.Status.PENDING)),
        any_failed=Exists(same.filter(status=Delivery.Status.FAILED)),
    )
    return [
        ShownEndpoint(
            row,
            waiting=_count(row, Delivery.Status.PENDING) if row.any_waiting else "",
            failed=_count(row, Delivery.Status.FAILED) if row.any_failed else "",
        )
        for row in rows
    ]


def _count(endpoint: Endpoint, status: Delivery.Status) -> str:
    found = Delivery.objects.filter(endpoint=endpoint, status=status).order_by("-pk")[: MOST_COUNTED + 1].count()
    return f"{MOST_COUNTED}+" if found > MOST_COUNTED else str(found or "")


@dataclass(frozen=True)
class ShownDelivery:
    """A delivery as a page shows it."""

    delivery: Delivery

    @property
    def label(self) -> str:
        return STATUSES[self.delivery.status]

    @property
    def badge(self) -> str:
        return BADGES[self.delivery.status]

    @property
    def is_pending(self) -> bool:
        return self.delivery.status == Delivery.Status.PENDING

    @property
    def is_held(self) -> bool:
        """Whether an attempt is being made at this moment; `next_attempt_at` is then no time to tell."""
        return self.delivery.held_by is not None

    @property
    def is_due(self) -> bool:
        due = self.delivery.next_attempt_at
        return due is not None and due <= timezone.now()

    @property
    def is_followed(self) -> bool:
        """Whether something is to come of it within moments."""
        return self.is_pending and (self.is_held or self.is_due)

    @property
    def may_be_wished(self) -> bool:
        """Whether delivering it again is worth offering; whether it can be done is for the service to say."""
        return not (self.is_followed or self.delivery.event.erased_at or self.delivery.endpoint.deleted_at)

    @property
    def event(self) -> str:
        return DESCRIBED.get(self.delivery.event.type, self.delivery.event.type)

    @property
    def place(self) -> Place | None:
        """Return where it goes; None for an address that is not kept any more."""
        url = self.delivery.url or (self.delivery.endpoint.url if self.is_to_registered else "")
        return place(url) if url else None

    @property
    def is_to_registered(self) -> bool:
        return self.delivery.endpoint.kind == Endpoint.Kind.REGISTERED

    @property
    def has_endpoint_page(self) -> bool:
        return self.is_to_registered and self.delivery.endpoint.deleted_at is None

    @property
    def reason(self) -> str:
        return Reason(self.delivery.reason).label if self.delivery.reason else ""


@dataclass(frozen=True)
class ShownAttempt:
    """An attempt as a page shows it."""

    attempt: Attempt

    @property
    def duration(self) -> str:
        milliseconds = self.attempt.duration_ms
        return f"{milliseconds} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"

    @property
    def outcome(self) -> str:
        if not self.attempt.reason:
            return "Delivered"
        return self.attempt.detail or Reason(self.attempt.reason).label


def latest_recovery(endpoint: Endpoint) -> Recovery | None:
    """Return the latest recovery of an endpoint that was read with it."""
    found: list[Recovery] = getattr(endpoint, "latest_recoveries", [])
    return found[0] if found else None


def first_to_recover(endpoint: Endpoint) -> Delivery | None:
    """Return the oldest delivery to an endpoint that failed and could be made again."""
    failed = Delivery.objects.filter(endpoint=endpoint, status=Delivery.Status.FAILED, event__erased_at=None)
    return failed.order_by("pk").first()
