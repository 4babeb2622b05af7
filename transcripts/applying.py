"""Bring the provider's answer home: fetch it, keep its bytes, and end the transcript, all or nothing."""

import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from api_project.work.exceptions import TransientFailure
from transcripts import assemblyai
from transcripts.assemblyai_document import ProviderTranscript
from transcripts.cadence import next_ask
from transcripts.discarding import submission_discard_later
from transcripts.document_pieces import store_document
from transcripts.exceptions import ProviderNotFound
from transcripts.finding.tokens import tokens
from transcripts.finding.writing import search_entry_write
from transcripts.listening.services import redacted_audio_expect
from transcripts.locking import transcript_lock
from transcripts.lost_jobs import is_job_of
from transcripts.models import ErrorCode, Status, Submission, Transcript, TranscriptResult, WordPage
from transcripts.moves import move
from transcripts.provider_health import Operation, provider_work
from transcripts.usage.counting import usage_count_result

logger = logging.getLogger(__name__)

WORDS_PER_PAGE = 1000
EXCERPT_LENGTH = 200


def apply_callback(transcript_id: UUID, number: int, provider_id: str) -> str:
    """Act on AssemblyAI's word that a job has ended. Returns "" when it was applied, else why it was ignored.

    The callback is only a hint: the result is always fetched, and counts only if it is the transcript's own. Raises the
    work exceptions when the provider cannot be asked now.
    """
    submission = Submission.objects.select_related("transcript").filter(transcript=transcript_id, number=number).first()
    if submission is None:
        return "unknown transcript or submission"
    if submission.provider_id != provider_id and not _recognise(submission, provider_id):
        return "not a job of this submission"
    transcript = submission.transcript
    transcript.refresh_from_db()
    if transcript.deleted_at or transcript.provider_id != provider_id:
        submission_discard_later(submission, now=timezone.now())
        return "superseded; the job is deleted at the provider"
    if transcript.status != Status.PROCESSING:
        return "already applied"
    return "" if bring_home(transcript) else "already applied"


def _recognise(submission: Submission, provider_id: str) -> bool:
    """Adopt a job whose id we never stored, because the process that began it was killed or its answer was lost."""
    transcript = submission.transcript
    now = timezone.now()
    if transcript.lease_until and transcript.lease_until > now:
        # The callback overtook the step that is storing this id at this moment, or is looking for the lost job.
        raise TransientFailure("The submission is still in progress.")
    with provider_work(Operation.FETCH, transcript.pk):
        if submission.provider_id or not is_job_of(submission, provider_id):
            return False
    with transaction.atomic():
        transcript_lock(transcript.id)
        if not Submission.objects.filter(pk=submission.pk, provider_id=None).update(provider_id=provider_id):
            # The submit step has looked for its lost job at the same time, and found this one or another.
            submission.refresh_from_db(fields=["provider_id"])
            return submission.provider_id == provider_id
        # Only the latest try may become the one that counts: an earlier one has been replaced already.
        if submission == transcript.submissions.order_by("number").last():
            move(
                transcript.id,
                Status.PROCESSING,
                reason="adopted",
                next_attempt_at=next_ask(now, webhook=True),
                provider_id=provider_id,
                submitted_at=submission.started_at or now,
            )
    submission.provider_id = provider_id
    return True


def bring_home(transcript: Transcript) -> bool:
    """Fetch the result of a processing transcript and end it. Returns False when somebody else did so first."""
    with provider_work(Operation.FETCH, transcript.pk):
        try:
            answer = assemblyai.fetch_transcript(transcript.provider_id)
        except ProviderNotFound as exc:
            return _end_with_error(transcript, ErrorCode.MISSING_AT_PROVIDER, str(exc))
    if not answer.ended:
        raise TransientFailure(f"AssemblyAI says {answer.status}, not ended.")
    return store_answer(transcript, answer)


def store_answer(transcript: Transcript, answer: ProviderTranscript) -> bool:
    """Store an ended job's document and end the transcript, all at once. Returns False when it had ended before."""
    if answer.status == "error":
        return _end_with_error(transcript, ErrorCode.TRANSCRIPTION_FAILED, answer.error)
    text = answer.text
    searched = tokens(text)
    with transaction.atomic():
        moved = move(
            transcript.id,
            Status.COMPLETED,
            reason="result stored",
            where=Q(provider_id=transcript.provider_id),
            error_code="",
            error_message="",
            excerpt=_excerpt(text),
            together_with=lambda: _store(transcript, answer, searched),
            **answer.summary(),
        )
        if not moved:
            return False
        usage_count_result(transcript=transcript)
    logger.info("Transcript %s is completed.", transcript.id, extra={"action": "transcript.completed"})
    return True


def _store(transcript: Transcript, answer: ProviderTranscript, searched: list[str]) -> None:
    text, words = answer.text, answer.words
    now = timezone.now()
    result = TranscriptResult.objects.create(
        transcript_id=transcript.id, text=text, word_count=len(words), stored_at=now
    )
    store_document(result, answer.content)
    for number, page in _pages(words):
        WordPage.objects.create(result=result, number=number, words=page)
    redacted_audio_expect(transcript, now=now)
    search_entry_write(transcript, words=searched)


def _end_with_error(transcript: Transcript, code: ErrorCode, message: str) -> bool:
    return move(
        transcript.id,
        Status.ERROR,
        reason=code,
        where=Q(provider_id=transcript.provider_id),
        error_code=code,
        error_message=message,
    )


def _excerpt(text: str) -> str:
    return text if len(text) <= EXCERPT_LENGTH else text[: EXCERPT_LENGTH - 1].rsplit(" ", 1)[0] + "…"


def _pages(words: list[dict[str, Any]]) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    for number, start in enumerate(range(0, len(words), WORDS_PER_PAGE)):
        yield number, words[start : start + WORDS_PER_PAGE]
