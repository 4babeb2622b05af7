"""What providers told us, kept once under its natural key. Nothing is stored before it has been verified."""

from typing import Any

from django.db import models
from django.db.models import Q
from uuid6 import uuid7

from api_project.work.models import WorkRow


class ReceivedEvent(WorkRow):
    """One verified callback. It is work while its status is `pending`."""

    class Status(models.TextChoices):
        PENDING = "pending"
        APPLIED = "applied"
        IGNORED = "ignored"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.CharField(max_length=20)
    key = models.CharField(max_length=255, help_text="What makes two callbacks the same, in the provider's terms.")
    subject = models.UUIDField(help_text="Our id of what it is about, from the address that was called.")
    number = models.PositiveIntegerField(default=0, help_text="The submission's number, from the same address.")
    reference = models.CharField(max_length=100, blank=True, help_text="The provider's id of what it is about.")
    kind = models.CharField(max_length=40, blank=True, help_text="What happened, in the provider's word.")
    headers = models.JSONField(default=dict, help_text="Only those on an allow-list; a provider's secret is a header.")
    body = models.TextField(blank=True)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PENDING)
    detail = models.TextField(blank=True, help_text="Why it was ignored or failed.")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "key"], name="webhooks_receivedevent_once"),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "applied", "ignored", "failed"]),
                name="webhooks_receivedevent_status_known",
            ),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(status="pending"), name="webhooks_due_apply"),
            models.Index(fields=["subject"], name="webhooks_by_subject"),
        ]

    @property
    def about(self) -> Any:
        return self.subject

    def __str__(self) -> str:
        return f"{self.provider}: {self.key}"
