"""The events of transcripts: what is told of one, at each level."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from transcripts.models import Status, Transcript
from transcripts.serializers import TranscriptItemSerializer
from webhooks.models import PayloadLevel
from webhooks.outbound.destinations import Named
from webhooks.outbound.erasing import blank_subject
from webhooks.outbound.event_data import GONE_TRANSCRIPT_DATA, TRANSCRIPT_DATA
from webhooks.outbound.event_types import TRANSCRIPT_COMPLETED, TRANSCRIPT_DELETED, TRANSCRIPT_ERROR
from webhooks.outbound.events import event_write

KINDS = {Status.COMPLETED: TRANSCRIPT_COMPLETED, Status.ERROR: TRANSCRIPT_ERROR}


def tell_ended(sender: Any, *, transcript_id: UUID, **kwargs: Any) -> None:
    """Write the event of a transcript that has become `completed` or `error`."""
    transcript = Transcript.objects.get(pk=transcript_id)
    event_write(
        owner_id=transcript.owner_id,
        kind=KINDS[Status(transcript.status)],
        subject=transcript.pk,
        data=lambda level: transcript_data(transcript, level),
        now=timezone.now(),
        named=_named(transcript),
    )


def tell_deleted(sender: Any, *, transcript_id: UUID, **kwargs: Any) -> None:
    """Write the event of a transcript that was deleted, and take back what was told of it before."""
    transcript = Transcript.objects.get(pk=transcript_id)
    now = timezone.now()
    farewell = event_write(
        owner_id=transcript.owner_id,
        kind=TRANSCRIPT_DELETED,
        subject=transcript.pk,
        # Its words are gone, and the statuses with them.
        data=lambda level: GONE_TRANSCRIPT_DATA.pick(level, {"id": str(transcript.pk)}),
        now=now,
        named=_named(transcript),
    )
    # Slots and feed are locked before what was told earlier.
    blank_subject(transcript.pk, but=farewell, now=now)


def transcript_data(transcript: Transcript, level: PayloadLevel) -> dict[str, Any]:
    """Return what is told of a transcript at a level."""
    record = {**TranscriptItemSerializer(transcript).data, "url": _address(transcript)}
    if level == PayloadLevel.FULL:
        record["text"] = _text(transcript)
    return TRANSCRIPT_DATA.pick(level, record)


def _text(transcript: Transcript) -> str | None:
    return transcript.result.text if transcript.status == Status.COMPLETED else None


def _address(transcript: Transcript) -> str:
    return settings.BASE_URL + reverse("transcript-detail", args=[transcript.pk])


def _named(transcript: Transcript) -> Named:
    endpoints = transcript.webhook_endpoints
    return Named(None if endpoints is None else [UUID(endpoint) for endpoint in endpoints], transcript.webhook_url)
