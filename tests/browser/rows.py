"""Moving a transcript to its end by hand, as the worker would."""

from django.utils import timezone

from transcripts.models import ErrorCode, Status, Transcript, TranscriptResult
from transcripts.moves import move


def complete(transcript: Transcript, text: str) -> None:
    TranscriptResult.objects.create(transcript=transcript, text=text, stored_at=timezone.now())
    move(transcript.pk, Status.PROCESSING, reason="submitted")
    move(transcript.pk, Status.COMPLETED, reason="result stored", excerpt=text[:200])


def fail(transcript: Transcript, message: str) -> None:
    move(transcript.pk, Status.ERROR, reason="rejected", error_code=ErrorCode.REJECTED, error_message=message)
