"""Jobs whose ids we never learned, because a process was killed or an answer was lost: looked for, never guessed."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from transcripts import assemblyai
from transcripts.exceptions import ProviderNotFound
from transcripts.models import Submission, Transcript

CLOCKS_DIFFER_BY = timedelta(minutes=10)
# A request that has no answer yet may have an effect this many ASSEMBLYAI_HTTP_TIMEOUTs after it was begun.
TIMEOUTS_TO_ARRIVE = 2
# The provider's list may show a new job a little later.
LIST_LAGS_BY = timedelta(minutes=10)


def is_lost(submission: Submission) -> bool:
    """Tell whether a submission may have a job at the provider whose id we do not know."""
    return submission.started_at is not None and not submission.provider_id


def find_lost_job(transcript: Transcript, submission: Submission) -> str | None:
    """Return the id of the job that a started submission made without our learning it, or None if none is seen."""
    assert submission.started_at is not None  # noqa: S101 - callers ask only then
    source = submission.upload_url or transcript.audio_url
    for provider_id in assemblyai.find_transcripts(source, since=submission.started_at - CLOCKS_DIFFER_BY):
        if is_job_of(submission, provider_id):
            return provider_id
    return None


def may_still_arrive(submission: Submission) -> bool:
    """Tell whether a started submission's request may yet reach the provider."""
    assert submission.started_at is not None  # noqa: S101 - callers ask only then
    arrives_within = timedelta(seconds=TIMEOUTS_TO_ARRIVE * settings.ASSEMBLYAI_HTTP_TIMEOUT)
    return timezone.now() - submission.started_at < arrives_within


def may_still_be_listed(submission: Submission) -> bool:
    """Tell whether a started submission's job may yet show itself in the provider's list."""
    assert submission.started_at is not None  # noqa: S101 - callers ask only then
    return timezone.now() - submission.started_at < LIST_LAGS_BY


def is_job_of(submission: Submission, provider_id: str) -> bool:
    """Tell whether a job at the provider is this submission's, by the address it will call or the file it was given.

    Without this, somebody who learned one callback's secret could have another account's transcript imported.
    """
    if Submission.objects.filter(provider_id=provider_id).exclude(pk=submission.pk).exists():
        return False
    try:
        document = assemblyai.fetch_transcript(provider_id).document
    except ProviderNotFound:
        return False
    if submission.webhook_url:
        return bool(document.get("webhook_url") == submission.webhook_url)
    # Without a webhook only an upload's address is ours alone; a client's URL may have been submitted by anybody.
    return bool(submission.upload_url) and document.get("audio_url") == submission.upload_url
