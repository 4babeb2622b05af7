"""The erase step: after a DELETE, take away everything of a transcript, here and at the provider, until it is gone."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from api_project.work.leases import Lease
from transcripts.discarding import delete_at_provider
from transcripts.models import Submission, Transcript, TranscriptResult
from transcripts.provider_health import provider_work
from transcripts.signals import transcript_erased
from transcripts.submitting import find_lost_job

BLANK: dict[str, Any] = {
    "title": "",
    "options": {},
    "metadata": {},
    "audio": "",
    "file_name": "",
    "file_sha256": "",
    "excerpt": "",
    "warnings": [],
    "error_message": "",
}


def erase(transcript: Transcript, lease: Lease) -> None:
    """Erase a deleted transcript, ours first: that must not wait for a provider that is away."""
    _erase_here(transcript, lease)
    for submission in transcript.submissions.filter(deleted_at_provider=None):
        lease.check()
        _find_lost_job(transcript, submission)
        if submission.provider_id:
            delete_at_provider(submission)
            Submission.objects.filter(pk=submission.pk).update(deleted_at_provider=timezone.now(), next_attempt_at=None)
    # The addresses go last: a job whose id was lost is found by them.
    transcript.submissions.update(upload_url="")
    lease.finish(erased_at=timezone.now(), audio_url="")


def _erase_here(transcript: Transcript, lease: Lease) -> None:
    if transcript.audio:
        transcript.audio.delete(save=False)
    with transaction.atomic():
        lease.update(**BLANK)
        TranscriptResult.objects.filter(transcript=transcript).delete()
        transcript_erased.send(Transcript, transcript_id=transcript.id)


def _find_lost_job(transcript: Transcript, submission: Submission) -> None:
    """Learn the id of a job that was begun without our storing it, so that it can be deleted too."""
    if submission.provider_id or not submission.started_at:
        return
    with provider_work():
        submission.provider_id = find_lost_job(transcript, submission)
    if submission.provider_id:
        Submission.objects.filter(pk=submission.pk).update(provider_id=submission.provider_id)
