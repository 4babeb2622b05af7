"""A transcript: one piece of audio and what became of it. Statuses are AssemblyAI's words."""

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from uuid6 import uuid7

from api_project.work.models import WorkRow


def audio_storage() -> Storage:
    """Return the storage that keeps audio; a callable, so that migrations do not fix its place."""
    return storages["audio"]


class Status(models.TextChoices):
    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    ERROR = "error"


class Source(models.TextChoices):
    UPLOAD = "upload"
    URL = "url"
    RECORDING = "recording"


class WaitingFor(models.TextChoices):
    CREDENTIALS = "credentials"
    PROVIDER = "provider"
    RETRY = "retry"


class ErrorCode(models.TextChoices):
    """Why a transcript ended as `error`; part of the REST contract."""

    TRANSCRIPTION_FAILED = "transcription_failed", "The provider could not transcribe this audio."
    REJECTED = "rejected", "The provider refused the audio or an option."
    GAVE_UP = "gave_up", "It failed for longer than GIVE_UP_AFTER."
    CRASHED = "crashed", "Working on it crashed too often."
    MISSING_AT_PROVIDER = "missing_at_provider", "The provider no longer knows this transcript."


class Transcript(WorkRow):
    """One piece of audio and what became of it.

    A deleted transcript stays as a tombstone without content, so that late callbacks are recognised.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="transcripts")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.QUEUED)
    source = models.CharField(max_length=20, choices=Source.choices)
    title = models.CharField(max_length=200, blank=True)
    options = models.JSONField(default=dict, blank=True)
    metadata = models.JSONField(default=dict, blank=True)

    audio = models.FileField(storage=audio_storage, max_length=200, blank=True)
    file_name = models.CharField(max_length=255, blank=True, help_text="As the client named it.")
    file_size = models.PositiveBigIntegerField(null=True, blank=True, help_text="Bytes.")
    file_content_type = models.CharField(max_length=100, blank=True, help_text="As its first bytes tell.")
    file_sha256 = models.CharField(max_length=64, blank=True)
    stored_bytes = models.PositiveBigIntegerField(default=0, help_text="Of all its files, as its owner's usage counts.")
    audio_url = models.TextField(blank=True, help_text="Where the provider fetches the audio, for source `url`.")

    webhook_endpoints = models.JSONField(
        null=True, blank=True, help_text="The endpoints to tell of it, by id; null: all that want to know."
    )
    webhook_url = models.TextField(blank=True, db_default="", help_text="An address to tell of it as well.")

    # Plain ids: `calls` imports `transcripts`, so no foreign key may point the other way.
    call_id = models.UUIDField(null=True, blank=True)
    recording_id = models.UUIDField(null=True, blank=True)

    provider_id = models.CharField(max_length=100, blank=True, help_text="The id of the submission that counts.")
    progress = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Percent, where the provider tells.")
    waiting_for = models.CharField(max_length=20, choices=WaitingFor.choices, blank=True)

    excerpt = models.CharField(max_length=200, blank=True, help_text="The beginning of the text.")
    confidence = models.FloatField(null=True, blank=True)
    language_code = models.CharField(max_length=20, blank=True)
    audio_duration = models.PositiveIntegerField(null=True, blank=True, help_text="Seconds.")
    speech_model_used = models.CharField(max_length=100, blank=True)
    warnings = models.JSONField(default=list, blank=True)
    error_code = models.CharField(max_length=40, choices=ErrorCode.choices, blank=True)
    error_message = models.TextField(blank=True)

    created_at = models.DateTimeField(editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True, help_text="When it reached `completed` or `error`.")
    deleted_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="transcripts_transcript_status_known"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="transcripts_transcript_source_known"),
            models.CheckConstraint(
                condition=Q(status__in=[Status.COMPLETED, Status.ERROR], completed_at__isnull=False)
                | Q(status__in=[Status.QUEUED, Status.PROCESSING], completed_at=None),
                name="transcripts_transcript_ended_has_time",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.ERROR, error_code__in=ErrorCode.values)
                | (~Q(status=Status.ERROR) & Q(error_code="")),
                name="transcripts_transcript_error_has_code",
            ),
            models.CheckConstraint(
                condition=Q(waiting_for__in=["", *WaitingFor.values]), name="transcripts_transcript_waiting_for_known"
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(deleted_at__isnull=False),
                name="transcripts_transcript_erased_is_deleted",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(status=Status.QUEUED, deleted_at=None),
                name="transcripts_due_submit",
            ),
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(status=Status.PROCESSING, deleted_at=None),
                name="transcripts_due_reconcile",
            ),
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(deleted_at__isnull=False, erased_at=None),
                name="transcripts_due_erase",
            ),
            models.Index(fields=["owner", "-id"], condition=Q(deleted_at=None), name="transcripts_by_owner"),
            # For lists by status, by source (a slice per status), and of a call.
            models.Index(fields=["owner", "status", "-id"], condition=Q(deleted_at=None), name="transcripts_by_status"),
            models.Index(
                fields=["owner", "source", "status", "-id"], condition=Q(deleted_at=None), name="transcripts_by_source"
            ),
            models.Index(
                fields=["owner", "call_id", "-id"],
                condition=Q(deleted_at=None, call_id__isnull=False),
                name="transcripts_by_call",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class TranscriptMove(models.Model):
    """The log of a transcript's moves, one row each, never changed."""

    transcript = models.ForeignKey(Transcript, on_delete=models.CASCADE, related_name="moves")
    from_status = models.CharField(max_length=20, choices=Status.choices, blank=True)
    to_status = models.CharField(max_length=20, choices=Status.choices)
    reason = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(to_status__in=Status.values) & Q(from_status__in=["", *Status.values]),
                name="transcripts_transcriptmove_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transcript_id}: {self.from_status or 'new'} → {self.to_status}"
