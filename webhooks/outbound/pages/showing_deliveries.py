"""What the pages say about deliveries and attempts, in words for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from webhooks.models import Attempt, Delivery, Endpoint, Reason
from webhooks.outbound.pages.forms import DESCRIBED
from webhooks.outbound.pages.presenting import Place, place

# The colours of transcripts' states, which mean the same.
BADGES: Mapping[str, str] = {
    Delivery.Status.PENDING: "badge-queued",
    Delivery.Status.DELIVERED: "badge-completed",
    Delivery.Status.FAILED: "badge-error",
}


@dataclass(frozen=True)
class ShownDelivery:
    """A delivery as a page shows it."""

    delivery: Delivery
    # What came of its latest attempt, where that is why it is not delivered.
    latest: Attempt | None = None

    @property
    def label(self) -> str:
        return Delivery.Status(self.delivery.status).label

    @property
    def badge(self) -> str:
        return BADGES[self.delivery.status]

    @property
    def is_pending(self) -> bool:
        return self.delivery.status == Delivery.Status.PENDING

    @property
    def is_held(self) -> bool:
        """Whether an attempt is being made at this moment; `next_attempt_at` is then no time to tell."""
        return self.delivery.is_in_hand(timezone.now())

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
        """Return why it is not delivered, as exactly as it is known."""
        if self.latest:
            return _why(self.latest)
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
        return _why(self.attempt) if self.attempt.reason else "Delivered"


def shown_deliveries(deliveries: Sequence[Delivery]) -> list[ShownDelivery]:
    """Return deliveries as pages show them, with what is known of why they are not delivered."""
    latest = _latest_attempts([delivery for delivery in deliveries if delivery.reason])
    return [ShownDelivery(delivery, latest.get(delivery.pk)) for delivery in deliveries]


def _latest_attempts(deliveries: Sequence[Delivery]) -> dict[UUID, Attempt]:
    """Return the latest attempt of each; not where the delivery ended for something else, like being disabled."""
    if not deliveries:
        return {}
    same = Attempt.objects.filter(delivery=OuterRef("pk")).order_by("-pk")
    latest = Delivery.objects.filter(pk__in=[row.pk for row in deliveries]).annotate(at=Subquery(same.values("pk")[:1]))
    reasons = {row.pk: row.reason for row in deliveries}
    attempts = Attempt.objects.filter(pk__in=list(latest.values_list("at", flat=True)))
    return {row.delivery_id: row for row in attempts if row.reason == reasons[row.delivery_id]}


def _why(attempt: Attempt) -> str:
    """Return why an attempt failed. The words of it may have been erased, and the status never is."""
    if not attempt.detail and attempt.reason == Reason.STATUS and attempt.status_code:
        return f"The answer was {attempt.status_code}."
    return attempt.detail or Reason(attempt.reason).label
