import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from api_project.work.exceptions import TransientFailure
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import make_transcript
from transcripts.applying import WORDS_PER_PAGE, apply_callback
from transcripts.document_pieces import read_document
from transcripts.models import Submission, Transcript, TranscriptMove
from transcripts.reading.words import words_page
from transcripts.services import transcript_delete, transcript_retry

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]


@pytest.fixture
def processing(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> Transcript:
    """A transcript that the provider is working on."""
    make_transcript()
    transcript: Transcript = run_due("submit")
    return transcript


def test_a_completed_job_becomes_the_transcript(assemblyai_fake: FakeAssemblyAI, processing: Transcript) -> None:
    assemblyai_fake.complete(processing.provider_id, "Hello world.", confidence=0.8, language_code="en_us")
    assert apply_callback(processing.id, 1, processing.provider_id) == ""
    processing.refresh_from_db()
    assert (processing.status, processing.excerpt, processing.audio_duration) == ("completed", "Hello world.", 3)
    assert (processing.confidence, processing.language_code) == (0.8, "en_us")
    assert processing.result.text == "Hello world."
    assert processing.completed_at is not None
    assert processing.next_attempt_at is None


def test_the_providers_document_is_kept_to_the_byte(assemblyai_fake: FakeAssemblyAI, processing: Transcript) -> None:
    assemblyai_fake.complete(processing.provider_id, a_field_nobody_knows={"deep": [1]})
    apply_callback(processing.id, 1, processing.provider_id)
    document = b"".join(read_document(processing.pk))
    assert json.loads(document) == assemblyai_fake.only_job


def test_a_failed_job_is_an_error_in_the_providers_words(
    assemblyai_fake: FakeAssemblyAI, processing: Transcript
) -> None:
    assemblyai_fake.fail(processing.provider_id, "File does not appear to contain audio.")
    assert apply_callback(processing.id, 1, processing.provider_id) == ""
    processing.refresh_from_db()
    assert (processing.status, processing.error_code) == ("error", "transcription_failed")
    assert processing.error_message == "File does not appear to contain audio."


def test_silence_is_completed_with_an_empty_text(assemblyai_fake: FakeAssemblyAI, processing: Transcript) -> None:
    assemblyai_fake.complete(processing.provider_id, "")
    apply_callback(processing.id, 1, processing.provider_id)
    processing.refresh_from_db()
    assert (processing.status, processing.result.text) == ("completed", "")


def test_a_second_callback_changes_nothing(assemblyai_fake: FakeAssemblyAI, processing: Transcript) -> None:
    assemblyai_fake.complete(processing.provider_id)
    apply_callback(processing.id, 1, processing.provider_id)
    assert apply_callback(processing.id, 1, processing.provider_id) == "already applied"
    assert TranscriptMove.objects.filter(to_status="completed").count() == 1


def test_a_callback_that_comes_before_the_end_is_tried_again(
    assemblyai_fake: FakeAssemblyAI, processing: Transcript
) -> None:
    with pytest.raises(TransientFailure):
        apply_callback(processing.id, 1, processing.provider_id)


def test_a_job_unknown_to_the_provider_ends_the_transcript(
    assemblyai_fake: FakeAssemblyAI, processing: Transcript
) -> None:
    assemblyai_fake.jobs.clear()
    apply_callback(processing.id, 1, processing.provider_id)
    processing.refresh_from_db()
    assert (processing.status, processing.error_code) == ("error", "missing_at_provider")


def test_an_unknown_transcript_is_ignored(assemblyai_fake: FakeAssemblyAI, processing: Transcript) -> None:
    assert "unknown" in apply_callback(processing.id, 9, "job-9")


def test_a_callback_of_an_earlier_submission_is_ignored_and_its_job_deleted(
    assemblyai_fake: FakeAssemblyAI, processing: Transcript, run_due: RunDue
) -> None:
    first = processing.provider_id
    assemblyai_fake.fail(first, "no")
    apply_callback(processing.id, 1, first)
    processing.refresh_from_db()
    transcript_retry(transcript=processing)
    run_due("discard")
    run_due("submit")
    assert "superseded" in apply_callback(processing.id, 1, first)
    processing.refresh_from_db()
    assert processing.status == "processing"
    assert set(assemblyai_fake.jobs) == {processing.provider_id}


def test_a_job_whose_id_was_never_stored_is_adopted(assemblyai_fake: FakeAssemblyAI, processing: Transcript) -> None:
    job = processing.provider_id
    forget(processing)
    assemblyai_fake.complete(job)
    assert apply_callback(processing.id, 1, job) == ""
    processing.refresh_from_db()
    assert (processing.status, processing.provider_id) == ("completed", job)


def test_a_strangers_job_is_not_imported(assemblyai_fake: FakeAssemblyAI, processing: Transcript) -> None:
    forget(processing)
    foreign = {"id": "foreign", "status": "completed", "audio_url": "x", "webhook_url": "https://elsewhere.example/"}
    assemblyai_fake.jobs["foreign"] = foreign
    assert apply_callback(processing.id, 1, "foreign") == "not a job of this submission"
    processing.refresh_from_db()
    assert processing.status == "queued"


def test_a_callback_that_overtakes_the_submit_step_waits_for_it(
    assemblyai_fake: FakeAssemblyAI, processing: Transcript
) -> None:
    job = processing.provider_id
    forget(processing, lease_until=timezone.now() + timedelta(seconds=30))
    assemblyai_fake.complete(job)
    with pytest.raises(TransientFailure, match="in progress"):
        apply_callback(processing.id, 1, job)


def test_the_loser_of_two_submissions_is_deleted(
    assemblyai_fake: FakeAssemblyAI, processing: Transcript, run_due: RunDue
) -> None:
    lost = processing.provider_id
    forget(processing)
    Submission.objects.create(transcript=processing, number=2)
    winner = run_due("submit").provider_id
    assemblyai_fake.complete(lost)
    assert "superseded" in apply_callback(processing.id, 1, lost)
    run_due("discard")
    assert set(assemblyai_fake.jobs) == {winner}


def test_a_job_that_shows_itself_after_the_delete_is_deleted_too(
    assemblyai_fake: FakeAssemblyAI, processing: Transcript, run_due: RunDue, settings: Settings
) -> None:
    job = processing.provider_id
    forget(processing, started_at=None)
    transcript_delete(transcript=processing)
    run_due("erase")
    assert job in assemblyai_fake.jobs
    apply_callback(processing.id, 1, job)
    run_due("discard")
    assert assemblyai_fake.jobs == {}


def test_words_come_in_pages(assemblyai_fake: FakeAssemblyAI, processing: Transcript) -> None:
    assemblyai_fake.complete(processing.provider_id, " ".join(["word"] * (WORDS_PER_PAGE + 1)))
    apply_callback(processing.id, 1, processing.provider_id)
    first = words_page(processing.pk, 0)
    last = words_page(processing.pk, 1)
    assert first is not None and last is not None
    assert (len(first[0]), first[1], len(last[0]), last[1]) == (WORDS_PER_PAGE, True, 1, False)
    assert words_page(processing.pk, 2) is None


def forget(transcript: Transcript, *, lease_until: Any = None, started_at: Any = ...) -> None:
    """Leave the rows as they are when the process is killed before it has stored the job's id."""
    changes = {"provider_id": None} | ({} if started_at is ... else {"started_at": started_at})
    transcript.submissions.update(**changes)
    Transcript.objects.filter(pk=transcript.pk).update(
        status="queued", provider_id="", next_attempt_at=timezone.now(), lease_until=lease_until
    )
