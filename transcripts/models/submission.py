"""The tries to have a transcript made by the provider."""

from typing import Any

from django.db import models
from django.db.models import Q

from api_project.work.models import WorkRow
from transcripts.models.transcript import Transcript


class Submission(WorkRow):
    """One try to have a transcript made by the provider. Work is due on it while its copy there must be deleted.

    The row exists before the provider hears of it, and its number is part of the webhook's address, so that a job whose
    id we never learned can be recognised by its callback.
    """

    transcript = models.ForeignKey(Transcript, on_delete=models.CASCADE, related_name="submissions")
    number = models.PositiveIntegerField()
    upload_url = models.TextField(blank=True)
    uploaded_at = models.DateTimeField(null=True, blank=True)
    webhook_url = models.TextField(blank=True, help_text="Empty when the provider cannot reach us.")
    started_at = models.DateTimeField(null=True, blank=True, help_text="Set before the provider is asked to begin.")
    provider_id = models.CharField(max_length=100, null=True, blank=True, unique=True)
    deleted_at_provider = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transcript", "number"], name="transcripts_submission_numbered"),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False, deleted_at_provider=None),
                name="transcripts_due_discard",
            ),
        ]

    @property
    def about(self) -> Any:
        return self.transcript_id

    def __str__(self) -> str:
        return f"{self.transcript_id}/{self.number}"
