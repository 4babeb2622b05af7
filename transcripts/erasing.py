"""The erase step: after a DELETE, take away everything of a transcript, until nothing is left."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from api_project.work.exceptions import TransientFailure
from api_project.work.leases import Lease
from api_project.work.locking import lock_in_order
from transcripts.finding.writing import search_entry_remove
from transcripts.listening.selectors import transcript_redacted_audio
from transcripts.models import RedactedAudio, Transcript, TranscriptResult
from transcripts.signals import transcript_erased
from transcripts.usage.counting import usage_free_bytes

# The discard step says when it is done; this is for the case that it could not.
LOOK_AGAIN_AFTER = timedelta(minutes=5)

BLANK: dict[str, Any] = {
    "title": "",
    "webhook_endpoints": None,
    "webhook_url": "",
    "options": {},
    "metadata": {},
    "audio": "",
    "file_name": "",
    "file_content_type": "",
    "file_sha256": "",
    "excerpt": "",
    "confidence": None,
    "language_code": "",
    "speech_model_used": "",
    "warnings": [],
    "error_message": "",
}


def erase(transcript: Transcript, lease: Lease) -> None:
    """Erase what we keep of a deleted transcript at once; it counts as erased when the provider is emptied too.

    That is the discard step's work on each submission, begun with the DELETE, so that an unreachable provider never
    holds up what is ours.
    """
    _erase_here(transcript, lease)
    now = timezone.now()
    at_provider = transcript.submissions.filter(deleted_at_provider=None)
    if at_provider.filter(next_attempt_at__isnull=False).exists():
        lease.finish(next_attempt_at=now + LOOK_AGAIN_AFTER)
        return
    # The addresses go last: a job whose id was lost is found by them.
    with transaction.atomic():
        lease.finish(erased_at=now, audio_url="")
        lock_in_order(transcript.submissions.all())
        transcript.submissions.update(upload_url="")


def _erase_here(transcript: Transcript, lease: Lease) -> None:
    redacted = transcript_redacted_audio(transcript)
    try:
        for file in [transcript.audio, *([redacted.audio] if redacted else [])]:
            # Does nothing where there is none.
            file.delete(save=False)
    except OSError as exc:
        raise TransientFailure(f"The audio cannot be deleted: {exc.strerror}.") from exc
    with transaction.atomic():
        lease.update(**BLANK)
        RedactedAudio.objects.filter(transcript=transcript).delete()
        TranscriptResult.objects.filter(transcript=transcript).delete()
        search_entry_remove(transcript)
        transcript_erased.send(Transcript, transcript_id=transcript.id)
        usage_free_bytes(transcript=transcript)
