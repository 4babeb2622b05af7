"""REST operations that send audio."""

import os
from uuid import UUID

from django.http import Http404, HttpResponseBase
from drf_spectacular.utils import extend_schema_view
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from api_project.rest import exceptions as rest
from api_project.rest.media_names import name_to_send
from api_project.rest.serving import DISPOSITION, KeptFile, file_answer
from api_project.rest.views import RestView
from transcripts import selectors
from transcripts.access import ASK_AGAIN_SECONDS, own_row
from transcripts.listening import schema
from transcripts.listening.selectors import transcript_redacted_audio
from transcripts.listening.services import OPTION
from transcripts.models import RedactedAudio, Status, Transcript

NAMELESS = "audio"


@extend_schema_view(get=schema.AUDIO)
class TranscriptAudioView(RestView[Transcript]):
    """The audio as it was received."""

    query_parameters = {"GET": (DISPOSITION,)}

    def get(self, request: Request, transcript_id: UUID) -> HttpResponseBase:
        transcript = own_row(request, transcript_id)
        if not transcript.audio:
            # Without repeating the address: its query may be a signature, and problems end up in logs.
            raise NotFound("This audio is not kept here; the provider fetched it from the record's `audio_url`.")
        kept = KeptFile(
            name_to_send(transcript.file_name or NAMELESS, transcript.file_content_type),
            transcript.file_size or 0,
            transcript.file_content_type,
            transcript.file_sha256,
            lambda: transcript.audio.storage.open(str(transcript.audio.name)),
        )
        return _send(request, transcript, kept)


@extend_schema_view(get=schema.REDACTED_AUDIO)
class TranscriptRedactedAudioView(RestView[Transcript]):
    """The audio without personal data."""

    query_parameters = {"GET": (DISPOSITION,)}

    def get(self, request: Request, transcript_id: UUID) -> HttpResponseBase:
        transcript = own_row(request, transcript_id)
        redacted = _stored(transcript)
        name, _ = os.path.splitext(transcript.file_name or NAMELESS)
        kept = KeptFile(
            name_to_send(name, redacted.content_type, added="-redacted"),
            redacted.size or 0,
            redacted.content_type,
            redacted.sha256,
            lambda: redacted.audio.storage.open(str(redacted.audio.name)),
        )
        return _send(request, transcript, kept)


def _stored(transcript: Transcript) -> RedactedAudio:
    """Return the redacted audio that is there. Raises `NotFound` or `Conflict` with what stands against it."""
    redacted = transcript_redacted_audio(transcript)
    if redacted and redacted.status == RedactedAudio.Status.STORED:
        return redacted
    if redacted and redacted.status == RedactedAudio.Status.FAILED:
        raise rest.Conflict(f"There is no redacted audio: {redacted.error_message}")
    if not redacted and (not transcript.options.get(OPTION) or transcript.status == Status.COMPLETED):
        raise NotFound(f"There is no redacted audio; a transcript gets one by the option `{OPTION}`.")
    if transcript.status == Status.ERROR:
        raise rest.Conflict("The transcript is `error`: it failed, and has no redacted audio; `retry/` may help.")
    raise rest.Conflict("The redacted audio is not there yet.", headers={"Retry-After": ASK_AGAIN_SECONDS})


def _send(request: Request, transcript: Transcript, kept: KeptFile) -> HttpResponseBase:
    try:
        return file_answer(request, kept, owner=transcript.owner_id)
    except rest.Unavailable as exc:
        # Deleted, and erased, since its row was read.
        if selectors.transcript_is_deleted(transcript.pk):
            raise Http404 from exc
        raise
