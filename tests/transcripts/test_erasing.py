from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.utils import timezone

from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import make_transcript, make_user
from tests.provider_fixtures import step_named
from transcripts.applying import apply_callback
from transcripts.models import Submission, Transcript, TranscriptResult, WordPage
from transcripts.selectors import transcript_list
from transcripts.services import transcript_delete
from webhooks.models import ReceivedEvent

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]
LATER = timedelta(hours=1)


@pytest.fixture
def completed(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> Transcript:
    make_transcript(title="Private", metadata={"name": "Private"})
    transcript: Transcript = run_due("submit")
    assemblyai_fake.complete(transcript.provider_id, "Something private.")
    apply_callback(transcript.id, 1, transcript.provider_id)
    transcript.refresh_from_db()
    return transcript


def test_a_deleted_transcript_is_gone_for_its_reader_at_once(completed: Transcript) -> None:
    transcript_delete(transcript=completed)
    assert not transcript_list(owner=make_user()).exists()


def test_nothing_of_it_remains(assemblyai_fake: FakeAssemblyAI, completed: Transcript, run_due: RunDue) -> None:
    path = Path(completed.audio.path)
    Transcript.objects.update(confidence=0.9, audio_duration=7)
    ReceivedEvent.objects.create(
        provider="assemblyai", key="k", subject=completed.id, body="private", received_at=timezone.now()
    )
    transcript_delete(transcript=completed)
    row = erase_all(run_due)
    assert row.erased_at is not None
    assert not path.exists()
    assert (TranscriptResult.objects.count(), WordPage.objects.count()) == (0, 0)
    assert "rivate" not in str(Transcript.objects.values().get())
    assert (row.confidence, row.audio_duration) == (None, 7)
    assert ReceivedEvent.objects.get().body == ""
    assert assemblyai_fake.jobs == {}
    assert row.submissions.get().upload_url == ""


def test_ours_is_erased_even_while_the_provider_is_away(
    assemblyai_fake: FakeAssemblyAI, completed: Transcript, run_due: RunDue
) -> None:
    path = Path(completed.audio.path)
    transcript_delete(transcript=completed)
    assert run_due("erase").erased_at is None
    assert not path.exists()
    assert not TranscriptResult.objects.exists()
    assemblyai_fake.break_next(httpx.ConnectError("refused"))
    run_due("discard")
    assert run_due("erase", after=LATER).erased_at is None
    run_due("discard", after=LATER)
    assert run_due("erase", after=2 * LATER).erased_at is not None
    assert assemblyai_fake.jobs == {}


def test_deleting_at_the_provider_is_never_given_up(
    assemblyai_fake: FakeAssemblyAI, completed: Transcript, run_due: RunDue
) -> None:
    transcript_delete(transcript=completed)
    Submission.objects.update(failing_since=timezone.now() - timedelta(days=400), attempts=10_000)
    assemblyai_fake.break_next(httpx.ConnectError("refused"))
    assert run_due("discard").next_attempt_at is not None


@pytest.mark.parametrize("step", ["erase", "discard"])
def test_crashing_over_and_over_does_not_end_erasing(
    assemblyai_fake: FakeAssemblyAI, completed: Transcript, run_due: RunDue, step: str
) -> None:
    transcript_delete(transcript=completed)
    (Transcript if step == "erase" else Submission).objects.update(crashes=50)
    run_due(step)
    assert erase_all(run_due, after=LATER).erased_at is not None


def test_a_copy_already_gone_at_the_provider_counts_as_erased(
    assemblyai_fake: FakeAssemblyAI, completed: Transcript, run_due: RunDue
) -> None:
    assemblyai_fake.jobs.clear()
    transcript_delete(transcript=completed)
    assert erase_all(run_due).erased_at is not None


def test_a_job_still_running_at_the_provider_is_deleted_later(
    assemblyai_fake: FakeAssemblyAI, completed: Transcript, run_due: RunDue
) -> None:
    transcript_delete(transcript=completed)
    assemblyai_fake.fail_next(400, "This transcript is still being processed")
    assert erase_all(run_due).erased_at is None
    assert erase_all(run_due, after=LATER).erased_at is not None


def test_a_job_whose_id_was_lost_is_found_and_deleted(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    transcript = make_transcript()
    assemblyai_fake.lose_next_answer = True
    run_due("submit")
    transcript_delete(transcript=transcript)
    assert erase_all(run_due).erased_at is not None
    assert assemblyai_fake.jobs == {}


def test_audio_whose_folder_is_away_does_not_count_as_erased(
    assemblyai_fake: FakeAssemblyAI, completed: Transcript, run_due: RunDue
) -> None:
    folder = Path(completed.audio.path).parent
    away = folder.with_name("away")
    folder.rename(away)  # as when the disk is not mounted
    transcript_delete(transcript=completed)
    assert erase_all(run_due).erased_at is None
    away.rename(folder)
    assert erase_all(run_due, after=LATER).erased_at is not None
    assert not Path(completed.audio.path).exists()


def test_a_transcript_that_was_never_submitted_is_erased_without_asking_anybody(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue
) -> None:
    transcript_delete(transcript=make_transcript())
    assert run_due("erase").erased_at is not None
    assert assemblyai_fake.requests == []


@pytest.mark.parametrize("status", [400, 404])
def test_a_copy_that_the_provider_does_not_know_counts_as_erased(
    assemblyai_fake: FakeAssemblyAI, completed: Transcript, run_due: RunDue, status: int
) -> None:
    transcript_delete(transcript=completed)
    for _ in range(2):  # to the delete, and to the question whether it is there
        assemblyai_fake.fail_next(status, "Transcript lookup error, transcript id not found")
    assert erase_all(run_due).erased_at is not None


def erase_all(run_due: RunDue, *, after: timedelta = timedelta()) -> Transcript:
    """Let the worker erase here and at the provider, once each, and look whether that was all."""
    for turn, step in enumerate(["erase", "discard", "erase"]):
        run_due_if_any(run_due, step, after=after + turn * timedelta(minutes=6))
    return Transcript.objects.get()


def run_due_if_any(run_due: RunDue, step: str, *, after: timedelta) -> None:
    if step_named(step).due(timezone.now() + after).exists():
        run_due(step, after=after)
