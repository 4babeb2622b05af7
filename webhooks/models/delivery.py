"""Telling one endpoint of one event: its state, its attempts, and the slots that bound how many run at once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from uuid6 import uuid7

from api_project.work.models import WorkRow
from webhooks.models.endpoint import Endpoint, PayloadLevel
from webhooks.models.event import Event

# From here on an endpoint counts as slow, and is served by threads that are kept for such.
SLOW_MS = 2000


class Reason(models.TextChoices):
    """Why something was not delivered; part of the REST contract."""

    STATUS = "status", "The answer's status was none of 2xx."
    REDIRECT = "redirect", "The answer was a redirect; those are not followed."
    GONE = "gone", "The answer was 410: it wants to be told no more."
    TIMEOUT = "timeout", "There was no whole answer in time."
    CONNECTION = "connection_failed", "The name did not resolve, or the connection failed."
    REFUSED_ADDRESS = "refused_address", "The name leads to an address that this service does not ask."
    REFUSED_URL = "refused_url", "The URL is not one that this service asks."
    BAD_ANSWER = "bad_answer", "The answer was no HTTP."
    ENDPOINT_DISABLED = "endpoint_disabled", "The endpoint was disabled."
    ENDPOINT_DELETED = "endpoint_deleted", "The endpoint was deleted."
    ERASED = "erased", "What it is about was deleted before it was delivered."
    CRASHED = "crashed", "Working on it crashed too often."
    SECRET_UNREADABLE = "secret_unreadable", "It waits: the secret that signs it cannot be read. Rotating it helps."


class Delivery(models.Model):
    """One event on its way to one endpoint.

    While it is `pending`, `next_attempt_at` says when it is due. Whoever takes it writes a token on it and moves that
    time on, so that nobody else takes it meanwhile, and it is due again by itself if its holder was killed. To record
    what came of it takes the token.
    """

    class Status(models.TextChoices):
        PENDING = "pending"
        DELIVERED = "delivered"
        FAILED = "failed"

    # What is to be sent, where it was read together.
    body: str

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="deliveries")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    url = models.TextField(blank=True, help_text="For a `webhook_url` alone; else it is the endpoint's.")
    level = models.CharField(max_length=20, choices=PayloadLevel.choices, help_text="Of the payload that is sent.")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PENDING)
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True, help_text="Why it is not delivered.")
    attempts = models.PositiveIntegerField(default=0, help_text="How many were begun, over all.")
    failures = models.PositiveIntegerField(default=0, help_text="How many failed in a row: its place in the schedule.")
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    held_by = models.UUIDField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it became `delivered` or `failed`.")

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["event", "endpoint", "url"], name="webhooks_delivery_once_per_event"),
            models.CheckConstraint(
                condition=Q(status="pending", next_attempt_at__isnull=False, ended_at=None)
                | Q(status="delivered", next_attempt_at=None, ended_at__isnull=False, reason="")
                | (Q(status="failed", next_attempt_at=None, ended_at__isnull=False) & ~Q(reason="")),
                name="webhooks_delivery_state_is_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "next_attempt_at"], condition=Q(status="pending"), name="webhooks_delivery_due"
            ),
            models.Index(fields=["owner", "-id"], name="webhooks_delivery_by_owner"),
            # What was not delivered, of all or of one endpoint: little, whatever the store holds.
            models.Index(
                fields=["owner", "status", "-id"],
                condition=~Q(status="delivered"),
                name="webhooks_delivery_undelivered",
            ),
            models.Index(fields=["endpoint", "status", "-id"], name="webhooks_delivery_by_endpoint"),
            # Which origins are still named.
            models.Index(fields=["endpoint"], condition=~Q(url=""), name="webhooks_delivery_with_url"),
            # For operators, who look at those of all users. Only what fails is written here.
            models.Index(fields=["-id"], condition=Q(status="failed"), name="webhooks_delivery_failed"),
            models.Index(fields=["reason", "-id"], condition=~Q(reason=""), name="webhooks_delivery_by_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.id}: {self.status}"

    def is_in_hand(self, now: datetime) -> bool:
        """Return whether somebody is at it, and was heard of lately."""
        return self.held_by is not None and self.next_attempt_at is not None and self.next_attempt_at > now


class Attempt(models.Model):
    """One try of a delivery and what came of it. Never changed, but blanked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts_made")
    number = models.PositiveIntegerField(
        help_text="As its header said, from 1. Of one that was cut off there is no row."
    )
    started_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    status_code = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Null: there was no answer.")
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True, help_text="Blank: delivered.")
    detail = models.TextField(blank=True, help_text="What went wrong, in words.")
    answer = models.TextField(blank=True, help_text="The beginning of the answer's body.")

    class Meta:
        indexes = [
            models.Index(fields=["delivery", "-id"], name="webhooks_attempt_by_delivery"),
            models.Index(fields=["reason", "-id"], condition=~Q(reason=""), name="webhooks_attempt_by_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} #{self.number}"


class DeliverySlot(WorkRow):
    """The right to make one attempt at a time to an endpoint. It is due when a delivery to its endpoint is.

    An endpoint has `DELIVERIES_PER_ENDPOINT` of them at most, made when they are first wanted. They are what workers
    claim, so what waits for one endpoint, however much, holds no more threads than it has slots.
    """

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="slots")
    number = models.PositiveSmallIntegerField()
    last_ms = models.PositiveIntegerField(default=0, help_text="How long attempts took of late; 0: nobody knows.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "number"], name="webhooks_deliveryslot_unique"),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False, last_ms__gt=0, last_ms__lt=SLOW_MS),
                name="webhooks_due_deliver_quick",
            ),
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False, last_ms=0),
                name="webhooks_due_deliver_unknown",
            ),
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False, last_ms__gte=SLOW_MS),
                name="webhooks_due_deliver_slow",
            ),
        ]

    @property
    def about(self) -> Any:
        endpoint: UUID = self.endpoint_id
        return endpoint

    def __str__(self) -> str:
        return f"{self.endpoint_id} #{self.number}"
