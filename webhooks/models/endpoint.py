"""Where a user wants to be told what happens, and the secrets that sign it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from uuid6 import uuid7

from api_project.work.models import WorkRow

MAX_URL = 2048


class PayloadLevel(models.TextChoices):
    """How much of a thing its events carry; part of the REST contract."""

    IDS = "ids", "Ids and statuses alone."
    SUMMARY = "summary", "The record as lists have it, without its text."
    FULL = "full", "The record with its text, where it is short enough."


class Endpoint(WorkRow):
    """An address that is told of events. It is work while an e-mail about its end is to be sent.

    One of kind `registered` is a user's own, to be changed and listed. One of kind `origin` stands for all
    `webhook_url`s of a user at one scheme, host and port, so that those share their slots and none hurts the others; it
    is shown to nobody.
    """

    class Kind(models.TextChoices):
        REGISTERED = "registered"
        ORIGIN = "origin"

    class DisabledReason(models.TextChoices):
        """Why an endpoint is told nothing; part of the REST contract."""

        OWNER = "owner", "Its owner disabled it."
        GONE = "gone", "It answered 410."
        FAILING = "failing", "Nothing but failures for five days."

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="webhook_endpoints")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.REGISTERED)
    url = models.TextField(blank=True, help_text="Blank once it is deleted.")
    description = models.CharField(max_length=200, blank=True)
    event_types = models.JSONField(default=list, help_text="Types, `transcript.*` or `*`.")
    payload = models.CharField(max_length=20, choices=PayloadLevel.choices, default=PayloadLevel.SUMMARY)
    enabled = models.BooleanField(default=True)
    disabled_reason = models.CharField(max_length=20, choices=DisabledReason.choices, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    failing_from = models.DateTimeField(
        null=True, blank=True, help_text="When the present run of nothing but failed attempts began."
    )
    last_failed_at = models.DateTimeField(
        null=True, blank=True, help_text="The latest failure; a long time after it a run begins anew."
    )
    judged_from = models.DateTimeField(
        null=True, blank=True, help_text="When it was last enabled or given a URL; older attempts say nothing about it."
    )
    not_before = models.DateTimeField(null=True, blank=True, help_text="Until then it asked to be left alone.")
    created_at = models.DateTimeField(editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["registered", "origin"]), name="webhooks_endpoint_kind_known"),
            models.CheckConstraint(
                condition=Q(payload__in=["ids", "summary", "full"]), name="webhooks_endpoint_payload_known"
            ),
            models.CheckConstraint(
                condition=Q(enabled=True, disabled_reason="", disabled_at=None)
                | Q(enabled=False, disabled_reason__in=["owner", "gone", "failing"], disabled_at__isnull=False),
                name="webhooks_endpoint_disabled_says_why",
            ),
            models.UniqueConstraint(
                fields=["owner", "url"], condition=Q(kind="origin"), name="webhooks_endpoint_one_per_origin"
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "-id"],
                condition=Q(kind="registered", deleted_at=None),
                name="webhooks_endpoint_by_owner",
            ),
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False),
                name="webhooks_due_notice",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_told(self) -> bool:
        """Whether anything may be sent to it."""
        return self.enabled and self.deleted_at is None


class SigningSecret(models.Model):
    """What signs the callbacks of one endpoint or, without one, those to a user's `webhook_url`s.

    Both are kept sealed (`api_project/sealing.py`). The previous one signs beside the current one for a while.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signing_secrets")
    endpoint = models.OneToOneField(
        Endpoint, on_delete=models.CASCADE, null=True, blank=True, related_name="signing_secret"
    )
    sealed = models.TextField()
    previous_sealed = models.TextField(blank=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(editable=False)
    rotated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner"], condition=Q(endpoint=None), name="webhooks_signingsecret_one_default"
            ),
            models.CheckConstraint(
                condition=Q(previous_sealed="", previous_until=None)
                | (~Q(previous_sealed="") & Q(previous_until__isnull=False)),
                name="webhooks_signingsecret_previous_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"of {self.endpoint_id or f'user {self.owner_id}'}"


class Recovery(WorkRow):
    """A wish to send again what an endpoint missed. It is work until `finished_at`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="recoveries")
    since = models.DateTimeField(help_text="Events from then on.")
    until = models.DateTimeField(help_text="Events before that; when it was asked for.")
    last_event = models.UUIDField(null=True, blank=True, help_text="How far it has come.")
    queued = models.PositiveIntegerField(default=0, help_text="Deliveries that are tried again.")
    is_cut_off = models.BooleanField(default=False, help_text="There was more that it did not come to.")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"], condition=Q(finished_at=None), name="webhooks_recovery_one_at_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(finished_at=None), name="webhooks_due_recovery"),
        ]

    @property
    def about(self) -> Any:
        return self.endpoint_id

    def __str__(self) -> str:
        return f"{self.endpoint_id} since {self.since}"
