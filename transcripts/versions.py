"""Versions of a transcript's record: which columns tell whether it has changed, so that one short query is enough.

What is settled when a transcript is created never changes, and what the result brings changes only with `completed_at`.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User

from api_project.rest.conditional import entity_tag
from transcripts import selectors
from transcripts.models import Status, Transcript

_AT_CREATION = ("id",)
_WITH_THE_END = ("status", "completed_at")
# By field of `TranscriptSerializer`: the columns in which a change of it shows. A field that is not here fails a test.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": _AT_CREATION,
    "source": _AT_CREATION,
    "file": _AT_CREATION,
    "audio_url": _AT_CREATION,
    "options": _AT_CREATION,
    "webhook_endpoints": _AT_CREATION,
    "webhook_url": _AT_CREATION,
    "call": _AT_CREATION,
    "recording": _AT_CREATION,
    "created_at": _AT_CREATION,
    "status": ("status",),
    "title": ("title",),
    "metadata": ("metadata",),
    "provider_id": ("provider_id",),
    "progress": ("progress",),
    "waiting_for": ("waiting_for", "next_attempt_at"),
    "submitted_at": ("submitted_at",),
    "completed_at": ("completed_at",),
    "error": _WITH_THE_END,
    "text": _WITH_THE_END,
    "redacted_audio": ("redacted_audio__status",),
    "confidence": _WITH_THE_END,
    "language_code": _WITH_THE_END,
    "audio_duration": _WITH_THE_END,
    "speech_model_used": _WITH_THE_END,
    "warnings": _WITH_THE_END,
}
NAMES = tuple(dict.fromkeys(name for names in COLUMNS.values() for name in names))


def transcript_tag(transcript: Transcript) -> str:
    """Return the entity tag of the record as it was read."""
    return _tag({name: _value(transcript, name) for name in NAMES})


def _value(row: Any, name: str) -> Any:
    """Return a column of a row, or of one that belongs to it, as `values()` would."""
    for part in name.split("__"):
        row = getattr(row, part, None)
    return row


def transcript_tag_now(*, owner: User, transcript_id: UUID) -> str:
    """Return the entity tag of the record as it is, in one query. Raises `Transcript.DoesNotExist`."""
    return _tag(selectors.transcript_list(owner=owner).values(*NAMES).get(pk=transcript_id))


def _tag(values: dict[str, Any]) -> str:
    if values["status"] != Status.QUEUED:
        # When it is asked about next shows in no record, and changes with every question.
        return entity_tag((values | {"next_attempt_at": None}).values())
    alarm = selectors.provider_alarm()
    return entity_tag([*values.values(), alarm and (alarm.key, alarm.reason, alarm.probe_at)])
