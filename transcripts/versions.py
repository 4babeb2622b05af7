"""Versions of a transcript's record: which columns it is made of, so that one query tells whether it has changed.

The text is not among them: it comes with `completed_at` and never changes after that.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User

from api_project.rest.conditional import entity_tag
from transcripts import selectors
from transcripts.models import Status, Transcript

# By field of `TranscriptSerializer`; a field that is not here fails a test.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id",),
    "status": ("status",),
    "title": ("title",),
    "source": ("source",),
    "file": ("file_name", "file_size", "file_content_type", "file_sha256"),
    "audio_url": ("audio_url",),
    "options": ("options",),
    "metadata": ("metadata",),
    "confidence": ("confidence",),
    "language_code": ("language_code",),
    "audio_duration": ("audio_duration",),
    "speech_model_used": ("speech_model_used",),
    "warnings": ("warnings",),
    "error": ("error_code", "error_message"),
    "provider_id": ("provider_id",),
    "call": ("call_id",),
    "recording": ("recording_id",),
    "progress": ("progress",),
    "waiting_for": ("waiting_for", "next_attempt_at"),
    "created_at": ("created_at",),
    "submitted_at": ("submitted_at",),
    "completed_at": ("completed_at",),
    "text": ("completed_at",),
}
NAMES = tuple(dict.fromkeys(name for names in COLUMNS.values() for name in names))


def transcript_tag(transcript: Transcript) -> str:
    """Return the entity tag of the record as it was read."""
    return _tag({name: getattr(transcript, name) for name in NAMES})


def transcript_tag_now(*, owner: User, transcript_id: UUID) -> str:
    """Return the entity tag of the record as it is, in one query. Raises `Transcript.DoesNotExist`."""
    return _tag(selectors.transcript_list(owner=owner).values(*NAMES).get(pk=transcript_id))


def _tag(values: dict[str, Any]) -> str:
    if values["status"] != Status.QUEUED:
        # When it is asked about next shows in no record, and changes with every question.
        return entity_tag((values | {"next_attempt_at": None}).values())
    alarm = selectors.provider_alarm()
    return entity_tag([*values.values(), alarm and (alarm.key, alarm.reason, alarm.probe_at)])
