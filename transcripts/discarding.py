"""The discard step: delete at the provider what no longer counts, and try until it is gone."""

from datetime import datetime

from django.utils import timezone

from api_project.work.exceptions import TransientFailure
from api_project.work.leases import Lease
from api_project.work.steps import Cause
from transcripts import assemblyai
from transcripts.exceptions import ProviderRejected
from transcripts.models import Submission
from transcripts.provider_health import provider_work


def submission_discard_later(submission: Submission, *, now: datetime) -> None:
    """Have a submission's copy at the provider deleted by the worker."""
    Submission.objects.filter(pk=submission.pk, deleted_at_provider=None).update(next_attempt_at=now)


def discard(submission: Submission, lease: Lease) -> None:
    """Delete the provider's copy of a submission that no longer counts."""
    delete_at_provider(submission)
    lease.finish(deleted_at_provider=timezone.now())


def delete_at_provider(submission: Submission) -> None:
    """Delete a submission's job at the provider. One that is still running may be refused, and is tried again."""
    if not submission.provider_id:
        return
    try:
        with provider_work():
            assemblyai.delete_transcript(submission.provider_id)
    except ProviderRejected as exc:
        raise TransientFailure(f"AssemblyAI would not delete it yet: {exc}") from exc


def never_give_up(submission: Submission, lease: Lease, cause: Cause, message: str) -> None:
    """Keep trying at long intervals: what must be erased may not be forgotten, whatever stands in the way."""
    raise TransientFailure(message)
