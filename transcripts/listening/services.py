"""What becomes of a redacted audio from outside of the step that fetches it."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from api_project.work.exceptions import TransientFailure
from api_project.work.leases import RELEASED
from transcripts.models import RedactedAudio, Status, Submission, Transcript

# The option by which a client asks for it.
OPTION = "redact_pii_audio"


def redacted_audio_expect(transcript: Transcript, *, now: datetime) -> None:
    """Have the redacted audio fetched, if it was asked for; call it in the transaction of the move to `completed`."""
    if transcript.options.get(OPTION):
        RedactedAudio.objects.create(transcript_id=transcript.pk, next_attempt_at=now)


def redacted_audio_stop(transcript: Transcript) -> None:
    """Have nobody fetch it any more: whoever is doing so finds the lease gone."""
    RedactedAudio.objects.filter(pk=transcript.pk).update(next_attempt_at=None, **RELEASED)


def redacted_audio_wake(transcript_id: UUID, number: int) -> str:
    """Act on AssemblyAI's word that redacted audio is ready. Returns "" when that helped, else why it was ignored.

    It is only a hint that hurries on what is done anyway, so nothing else of the callback is looked at.
    """
    submission = Submission.objects.select_related("transcript").filter(transcript=transcript_id, number=number).first()
    if submission is None:
        return "unknown transcript or submission"
    transcript = submission.transcript
    if transcript.deleted_at or transcript.provider_id != submission.provider_id:
        return "superseded"
    if transcript.status != Status.COMPLETED:
        return "it is asked for when the transcript is completed"
    now = timezone.now()
    pending = RedactedAudio.objects.filter(pk=transcript_id, status=RedactedAudio.Status.PENDING)
    if pending.filter(lease_until__gt=now).exists():
        # Who asks at this moment may have heard that it is not ready, and would come back late.
        raise TransientFailure("The redacted audio is being asked for.")
    return "" if pending.update(next_attempt_at=now) else "not asked for, or fetched already"
