"""The reconcile step: ask about jobs whose webhook has not come, or cannot come."""

from django.conf import settings
from django.utils import timezone

from api_project.work.exceptions import LeaseLost
from api_project.work.leases import Lease
from transcripts import assemblyai
from transcripts.applying import store_answer
from transcripts.cadence import next_ask
from transcripts.exceptions import ProviderNotFound
from transcripts.models import ErrorCode, Submission, Transcript
from transcripts.provider_health import Operation, provider_work
from transcripts.submitting import fail


def reconcile(transcript: Transcript, lease: Lease) -> None:
    """Ask once; end the transcript if its job has ended, else note the progress and set when to ask again."""
    try:
        with provider_work(Operation.FETCH, transcript.pk):
            answer = assemblyai.fetch_transcript(transcript.provider_id)
    except ProviderNotFound as exc:
        fail(transcript, lease, ErrorCode.MISSING_AT_PROVIDER, str(exc))
        return
    if answer.ended:
        if not store_answer(transcript, answer):
            raise LeaseLost
        lease.finished = True
        return
    now = timezone.now()
    if transcript.submitted_at and now - transcript.submitted_at > settings.GIVE_UP_AFTER:
        fail(
            transcript,
            lease,
            ErrorCode.GAVE_UP,
            f"AssemblyAI still says {answer.status} after {settings.GIVE_UP_AFTER}.",
        )
        return
    webhook = Submission.objects.filter(provider_id=transcript.provider_id).exclude(webhook_url="").exists()
    lease.finish(next_attempt_at=next_ask(now, webhook=webhook), progress=answer.progress, waiting_for="")
