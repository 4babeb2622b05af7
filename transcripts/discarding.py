"""The discard step: delete at the provider what no longer counts, and try until it is gone."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from api_project.work.exceptions import TransientFailure
from api_project.work.leases import Lease
from api_project.work.locking import lock_in_order
from api_project.work.steps import Cause
from transcripts import assemblyai
from transcripts.exceptions import ProviderRejected
from transcripts.lost_jobs import find_lost_job, is_lost, may_still_be_listed
from transcripts.models import Status, Submission, Transcript
from transcripts.provider_health import Operation, provider_work

# How often to look whether a shared upload is free, or a lost job has shown itself.
LOOK_AGAIN_AFTER = timedelta(minutes=5)


def submission_discard_later(submission: Submission, *, now: datetime) -> None:
    """Have a submission's copy at the provider deleted by the worker."""
    submissions_discard_later(Submission.objects.filter(pk=submission.pk), now=now)


def submissions_discard_later(submissions: QuerySet[Submission], *, now: datetime) -> None:
    """Have the provider's copies of several submissions deleted by the worker; those that are gone stay as they are."""
    there = submissions.filter(deleted_at_provider=None)
    with transaction.atomic():
        lock_in_order(there)
        there.update(next_attempt_at=now)


def discard(submission: Submission, lease: Lease) -> None:
    """Delete the provider's copy of a submission that no longer counts; look for it first if its id was lost."""
    now = timezone.now()
    if _shares_a_needed_upload(submission):
        lease.finish(next_attempt_at=now + LOOK_AGAIN_AFTER)
        return
    if is_lost(submission):
        with provider_work(Operation.DELETE, submission.pk):
            submission.provider_id = find_lost_job(submission.transcript, submission)
    if submission.provider_id:
        lease.update(provider_id=submission.provider_id)
        delete_at_provider(submission)
        lease.finish(deleted_at_provider=now, upload_url="")
    elif is_lost(submission) and may_still_be_listed(submission):
        lease.finish(next_attempt_at=now + LOOK_AGAIN_AFTER)
        return
    else:
        lease.finish()
    # Its transcript may have been waiting for just this.
    waiting = Transcript.objects.filter(pk=submission.transcript_id, deleted_at__isnull=False, erased_at=None)
    waiting.filter(lease_token=None).update(next_attempt_at=now)


def _shares_a_needed_upload(submission: Submission) -> bool:
    """Tell whether another job may still read the same upload, which deleting this one's job would take away."""
    transcript = submission.transcript
    undecided = transcript.deleted_at is None and transcript.status in (Status.QUEUED, Status.PROCESSING)
    siblings = transcript.submissions.filter(upload_url=submission.upload_url).exclude(pk=submission.pk)
    return undecided and bool(submission.upload_url) and siblings.filter(next_attempt_at=None).exists()


def delete_at_provider(submission: Submission) -> None:
    """Delete a submission's job at the provider. One that is still running may be refused, and is tried again."""
    assert submission.provider_id is not None  # noqa: S101 - callers know it
    try:
        with provider_work(Operation.DELETE, submission.pk):
            assemblyai.delete_transcript(submission.provider_id)
    except ProviderRejected as exc:
        raise TransientFailure(f"AssemblyAI would not delete it yet: {exc}") from exc


def never_give_up(row: object, lease: Lease, cause: Cause, message: str) -> None:
    """Keep trying at long intervals: what must be erased may not be forgotten, whatever stands in the way."""
    raise TransientFailure(message)
