"""Two at work on one transcript: whoever comes second waits, and nobody is sacrificed to end a deadlock."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from api_project.work.runner import run_step
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import claim_one, make_transcript, make_url_transcript, make_user
from tests.provider_fixtures import step_named
from tests.threads import Standstill, both, in_thread, wait_until_ended_or_blocked
from tests.transcripts.ending import make_failed, make_processing
from tests.transcripts.listening.conftest import completed, host, made
from transcripts import applying, services, submitting, user_erasing
from transcripts.applying import apply_callback
from transcripts.discarding import submissions_discard_later
from transcripts.listening import fetching
from transcripts.models import RedactedAudio, Submission, Transcript, Usage
from transcripts.services import transcript_delete, transcript_retry
from transcripts.usage import counting

pytestmark = pytest.mark.django_db(transaction=True)
RunDue = Callable[..., Any]

__all__ = ["completed", "host", "made"]


@pytest.fixture(autouse=True)
def _nothing_crashes(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    assert [record.getMessage() for record in caplog.get_records("call") if record.levelname == "ERROR"] == []


def run_claimed(name: str) -> Callable[[], None]:
    """Claim the one due row of a step, and return what does the work on it."""
    row, lease = claim_one(step_named(name))
    return lambda: run_step(step_named(name), row, lease)


def test_a_delete_while_the_id_of_a_job_is_stored(assemblyai_fake: FakeAssemblyAI) -> None:
    transcript = make_url_transcript()
    both(run_claimed("submit"), submitting, "move", lambda: transcript_delete(transcript=transcript))
    submission = Submission.objects.get()
    assert submission.provider_id == assemblyai_fake.only_job["id"]
    assert submission.next_attempt_at is not None


def test_a_delete_while_a_lost_try_is_replaced(assemblyai_fake: FakeAssemblyAI) -> None:
    transcript = make_transcript()
    now = timezone.now()
    Submission.objects.create(
        transcript=transcript,
        number=1,
        upload_url="https://cdn/1",
        uploaded_at=now,
        started_at=now - timedelta(seconds=70),
    )

    def delete() -> None:
        transcript_delete(transcript=transcript, check=lambda current: None)

    both(run_claimed("submit"), submitting, "_new_submission", delete)
    assert Transcript.objects.get().deleted_at is not None
    known = Submission.objects.filter(next_attempt_at__isnull=False)
    # One that is begun before the delete comes to its turn is taken back.
    assert all(known.filter(provider_id=job_id).exists() for job_id in assemblyai_fake.jobs)


def test_a_delete_while_a_callback_brings_a_lost_job(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    transcript = make_transcript()
    assemblyai_fake.lose_next_answer = True
    run_due("submit")
    job_id = assemblyai_fake.only_job["id"]
    assemblyai_fake.complete(job_id)
    both(
        lambda: apply_callback(transcript.id, 1, job_id),
        applying,
        "move",
        lambda: transcript_delete(transcript=transcript),
    )
    submission = Submission.objects.get()
    assert submission.provider_id == job_id
    assert submission.next_attempt_at is not None


def test_a_delete_while_a_failed_one_is_queued_again(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    transcript = make_failed(assemblyai_fake, run_due)
    both(
        lambda: transcript_retry(transcript=Transcript.objects.get()),
        services,
        "move",
        lambda: transcript_delete(transcript=transcript),
    )
    assert Transcript.objects.get().deleted_at is not None


def test_a_delete_while_redacted_audio_is_noted(made: Transcript) -> None:
    both(run_claimed("redacted-audio"), fetching, "usage_charge_bytes", lambda: transcript_delete(transcript=made))
    assert RedactedAudio.objects.get().status == "stored"
    assert Transcript.objects.get().deleted_at is not None


def test_an_upload_is_counted_while_its_users_usage_is_erased(run_due: RunDue) -> None:
    transcript_delete(transcript=make_transcript())
    run_due("erase")
    both(make_transcript, counting, "_add_to_month", lambda: user_erasing.erase(make_user()))
    assert not Usage.objects.exists()


def test_a_result_that_takes_long_to_be_found_holds_up_no_upload(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue
) -> None:
    transcript = make_processing(run_due)
    assemblyai_fake.complete(transcript.provider_id)
    work = Standstill(applying, "search_entry_write")
    with work, in_thread(lambda: apply_callback(transcript.id, 1, transcript.provider_id)):
        work.wait_for_somebody()
        with in_thread(make_transcript) as uploading:
            wait_until_ended_or_blocked(uploading)
            assert connection.vendor == "sqlite" or not uploading.is_alive()
            work.let_go()
    assert Usage.objects.get().transcripts == 2


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has one lock")
def test_several_rows_are_locked_in_the_order_of_their_keys() -> None:
    transcript = make_transcript()
    # In the order of their numbers, and of the table once the first was changed, it is the last.
    first, second = [Submission.objects.create(transcript=transcript, number=number) for number in (2, 1)]
    Submission.objects.filter(pk=first.pk).update(provider_id="job-1")
    with ExitStack() as threads:
        with transaction.atomic():
            Submission.objects.select_for_update().get(pk=first.pk)
            thread = threads.enter_context(in_thread(lambda: discard_all(transcript)))
            wait_until_ended_or_blocked(thread)
            not_taken = Submission.objects.select_for_update(skip_locked=True).values_list("pk", flat=True)
            assert set(not_taken) == {first.pk, second.pk}
    assert not Submission.objects.filter(next_attempt_at=None).exists()


def discard_all(transcript: Transcript) -> None:
    submissions_discard_later(transcript.submissions.all(), now=timezone.now())
