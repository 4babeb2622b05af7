"""The submit step: bring the audio to AssemblyAI, begin the job, remember its id. Each part is remembered by itself.

There is no idempotency key, so a job whose id was lost with its process is looked for before another one is begun.
"""

import logging
from collections.abc import Iterator
from typing import IO, Any, cast

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from api_project.work.exceptions import LeaseLost, TransientFailure
from api_project.work.leases import Lease
from api_project.work.steps import Cause
from transcripts import assemblyai
from transcripts.cadence import next_ask
from transcripts.discarding import submission_discard_later
from transcripts.exceptions import ProviderError, ProviderRejected
from transcripts.locking import transcript_lock
from transcripts.lost_jobs import LIST_LAGS_BY, find_lost_job, is_lost, may_still_arrive
from transcripts.models import ErrorCode, Status, Submission, Transcript
from transcripts.moves import move
from transcripts.provider_health import Operation, provider_work
from transcripts.webhook_secrets import HEADER_NAME, webhook_secret

logger = logging.getLogger(__name__)


class LeasedFile:
    """A file that stops being read when the lease of the work that reads it is lost."""

    def __init__(self, file: IO[bytes], lease: Lease) -> None:
        self._file = file
        self._lease = lease
        # The SDK's HTTP client takes the length from here, and sends it instead of chunks.
        self.fileno = file.fileno

    def read(self, size: int = -1) -> bytes:
        self._lease.check()
        return self._file.read(size)

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self.read(65_536):
            yield chunk


def submit(transcript: Transcript, lease: Lease) -> None:
    """Take a queued transcript to `processing`, or to `error` when the provider refuses it for good."""
    try:
        with provider_work(Operation.SUBMIT, transcript.pk):
            submission = _current_submission(transcript)
            if is_lost(submission):
                submission = _adopt_or_replace(transcript, submission, lease)
            if not submission.provider_id:
                _begin(transcript, submission, lease)
        _finish(transcript, submission, lease)
    except ProviderRejected as exc:
        fail(transcript, lease, ErrorCode.REJECTED, str(exc))


def _current_submission(transcript: Transcript) -> Submission:
    last = transcript.submissions.order_by("number").last()
    return last if last and _usable(last) else _new_submission(transcript, after=last)


def _usable(submission: Submission) -> bool:
    """Tell whether a submission still counts: one that is to be deleted at the provider was given up for a new one."""
    return submission.next_attempt_at is None and submission.deleted_at_provider is None


def _new_submission(transcript: Transcript, *, after: Submission | None) -> Submission:
    number = after.number + 1 if after else 1
    # The discard step keeps a shared upload until nobody can need it any more.
    upload_url, uploaded_at = (after.upload_url, after.uploaded_at) if after and _usable(after) else ("", None)
    return Submission.objects.create(
        transcript=transcript,
        number=number,
        webhook_url=receiver_url(transcript, number),
        upload_url=upload_url,
        uploaded_at=uploaded_at,
    )


def receiver_url(transcript: Transcript, number: int) -> str:
    """Return the address that AssemblyAI is to call back, or "" when it cannot reach us."""
    if not settings.WEBHOOK_BASE_URL:
        return ""
    path = reverse("assemblyai-webhook", kwargs={"transcript_id": transcript.id, "number": number})
    return f"{settings.WEBHOOK_BASE_URL}{path}"


def _adopt_or_replace(transcript: Transcript, submission: Submission, lease: Lease) -> Submission:
    """Find the job that an earlier try may have begun; else count that try as lost and make a new submission.

    A job that shows itself later, by its webhook or in the provider's list, is deleted there.
    """
    provider_id = find_lost_job(transcript, submission)
    if provider_id:
        logger.info("Adopted a job of %s.", transcript.id, extra={"action": "transcript.adopted"})
        submission.provider_id = provider_id
        return submission
    if submission.upload_url and not submission.webhook_url and may_still_arrive(submission):
        # Nobody would tell us of two jobs, so wait until there can be no second one.
        raise TransientFailure("A submission may still be on its way to the provider.")
    with transaction.atomic():
        # The transcript's row first, as everywhere. What was deleted meanwhile gets no further submission.
        lease.update(waiting_for="")
        submission_discard_later(submission, now=timezone.now() + LIST_LAGS_BY)
        return _new_submission(transcript, after=submission)


def _begin(transcript: Transcript, submission: Submission, lease: Lease) -> None:
    audio_url = transcript.audio_url or _uploaded(transcript, submission, lease)
    webhook = None
    if submission.webhook_url:
        secret = webhook_secret(transcript.id, submission.number)
        webhook = assemblyai.Webhook(submission.webhook_url, HEADER_NAME, secret)
    lease.check()
    _start(submission, lease)
    try:
        submission.provider_id = assemblyai.submit_transcript(audio_url, transcript.options, webhook)
    except ProviderError as exc:
        if not exc.received:
            _remember(submission, started_at=None)
        raise


def _start(submission: Submission, lease: Lease) -> None:
    """Take the one right to send a submission: its number is in the webhook's address, so it may make one job only.

    Who comes back after its lease has run out (a machine that was suspended) finds the row or the submission taken. And
    what is deleted is not begun any more, so that erasing sees every submission that may have made a job.
    """
    _remember_as_ours(submission, lease, started_at=timezone.now())


def _uploaded(transcript: Transcript, submission: Submission, lease: Lease) -> str:
    good_since = timezone.now() - assemblyai.UPLOAD_GOOD_FOR
    if not submission.uploaded_at or submission.uploaded_at < good_since:
        try:
            file = transcript.audio.open("rb")
        except FileNotFoundError:
            # Not a crash when it was deleted a moment ago: whose lease is gone ends here.
            lease.update(waiting_for="")
            raise
        with file:
            url = assemblyai.upload_audio(cast(IO[bytes], LeasedFile(file, lease)))
        # Not when it was deleted meanwhile: nobody would take the address away again.
        _remember_as_ours(submission, lease, upload_url=url, uploaded_at=timezone.now())
    return submission.upload_url


def _remember_as_ours(submission: Submission, lease: Lease, **changes: Any) -> None:
    with transaction.atomic():
        lease.update(waiting_for="")
        _remember(submission, **changes)


def _remember(submission: Submission, **changes: Any) -> None:
    """Note a part that is done. Raises `LeaseLost` when somebody else has begun the submission meanwhile."""
    if not Submission.objects.filter(pk=submission.pk, started_at=submission.started_at).update(**changes):
        raise LeaseLost
    for name, value in changes.items():
        setattr(submission, name, value)


def _finish(transcript: Transcript, submission: Submission, lease: Lease) -> None:
    """Store the job's id, whatever became of the row meanwhile, and move the row if it is still ours."""
    assert submission.provider_id is not None  # noqa: S101 - set by every way that leads here
    now = timezone.now()
    with transaction.atomic():
        transcript_lock(transcript.id)
        Submission.objects.filter(pk=submission.pk).update(provider_id=submission.provider_id)
        moved = move(
            transcript.id,
            Status.PROCESSING,
            reason="submitted",
            where=lease.mine(),
            next_attempt_at=next_ask(now, webhook=bool(submission.webhook_url)),
            provider_id=submission.provider_id,
            submitted_at=now,
        )
        if not moved and not _counts_already(transcript, submission):
            submission_discard_later(submission, now=now)
    if not moved:
        raise LeaseLost
    lease.finished = True


def _counts_already(transcript: Transcript, submission: Submission) -> bool:
    """Tell whether this very job was adopted meanwhile, by its webhook."""
    return Transcript.objects.filter(pk=transcript.pk, provider_id=submission.provider_id, deleted_at=None).exists()


def fail(transcript: Transcript, lease: Lease, code: ErrorCode, message: str) -> None:
    """End a leased transcript as `error`. Raises `LeaseLost` when it is not ours any more."""
    if not move(transcript.id, Status.ERROR, reason=code, where=lease.mine(), error_code=code, error_message=message):
        raise LeaseLost
    lease.finished = True


def give_up(transcript: Transcript, lease: Lease, cause: Cause, message: str) -> None:
    """End a transcript whose work failed for too long or crashed too often."""
    fail(transcript, lease, ErrorCode.CRASHED if cause is Cause.CRASHES else ErrorCode.GAVE_UP, message)
