"""The audio with personal data beeped out, as the provider made it: fetched once, kept beside the original."""

from django.db import models
from django.db.models import Q

from api_project.work.models import WorkRow
from transcripts.models.transcript import Transcript, audio_storage


class RedactedAudio(WorkRow):
    """The redacted audio of a completed transcript that asked for it. It is work while its status is `pending`.

    The row comes with the transcript's completion, which is final, so that it can only ever be about the one job that
    counts.
    """

    class Status(models.TextChoices):
        PENDING = "pending"
        STORED = "stored"
        FAILED = "failed"

    class ErrorCode(models.TextChoices):
        """Why there is no redacted audio; part of the REST contract."""

        MISSING_AT_PROVIDER = "missing_at_provider", "The provider does not have it, or no longer."
        TOO_LARGE = "too_large", "It is larger than MAX_UPLOAD_BYTES."
        REFUSED_ADDRESS = "refused_address", "It is at an address that this service does not ask."
        GAVE_UP = "gave_up", "Fetching it failed for as long as the provider keeps it."
        CRASHED = "crashed", "Working on it crashed too often."

    transcript = models.OneToOneField(
        Transcript, on_delete=models.CASCADE, primary_key=True, related_name="redacted_audio"
    )
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PENDING)
    audio = models.FileField(
        storage=audio_storage,
        max_length=200,
        blank=True,
        help_text="Named before the file is moved there, so that a killed process leaves none that nobody knows.",
    )
    size = models.PositiveBigIntegerField(null=True, blank=True, help_text="Bytes.")
    content_type = models.CharField(max_length=100, blank=True, help_text="As its first bytes tell.")
    sha256 = models.CharField(max_length=64, blank=True)
    error_code = models.CharField(max_length=40, choices=ErrorCode.choices, blank=True)
    error_message = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it became `stored` or `failed`.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["pending", "stored", "failed"]), name="transcripts_redactedaudio_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="pending", ended_at=None)
                | Q(status__in=["stored", "failed"], ended_at__isnull=False),
                name="transcripts_redactedaudio_ended_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="stored") | (~Q(audio="") & ~Q(sha256="") & Q(size__isnull=False)),
                name="transcripts_redactedaudio_stored_has_file",
            ),
            models.CheckConstraint(
                condition=(Q(status="failed") & ~Q(error_code="")) | (~Q(status="failed") & Q(error_code="")),
                name="transcripts_redactedaudio_failed_has_code",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(status="pending"), name="transcripts_due_redacted_audio"
            ),
            # The sweep of stray files asks by name.
            models.Index(fields=["audio"], condition=~Q(audio=""), name="transcripts_redacted_by_file"),
        ]

    def __str__(self) -> str:
        return f"{self.transcript_id}: {self.status}"
