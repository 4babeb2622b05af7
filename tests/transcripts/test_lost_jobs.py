from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import make_transcript
from transcripts import assemblyai
from transcripts.applying import apply_callback
from transcripts.lost_jobs import find_lost_job, is_job_of
from transcripts.models import Submission, Transcript

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]
LATER = timedelta(hours=1)


@pytest.fixture
def lost(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> Submission:
    """A submission whose job we do not know, and which was replaced by another."""
    make_transcript()
    assemblyai_fake.lose_next_answer = assemblyai_fake.list_lags = True
    run_due("submit")
    run_due("submit", after=LATER)
    assemblyai_fake.list_lags = False
    assert len(assemblyai_fake.jobs) == 2
    return Submission.objects.get(number=1)


def test_a_replaced_job_that_never_calls_back_is_found_in_the_list_and_deleted(
    assemblyai_fake: FakeAssemblyAI, lost: Submission, run_due: RunDue
) -> None:
    winner = lost.transcript.submissions.get(number=2).provider_id
    assemblyai_fake.complete(str(winner))
    apply_callback(lost.transcript_id, 2, str(winner))
    run_due("discard", after=LATER)
    assert set(assemblyai_fake.jobs) == {winner}


def test_the_upload_that_two_jobs_share_is_kept_until_one_has_won(
    assemblyai_fake: FakeAssemblyAI, lost: Submission, run_due: RunDue
) -> None:
    run_due("discard", after=LATER)
    assert len(assemblyai_fake.uploads) == 1, "deleting the loser's job would have taken the winner's audio away"
    winner = lost.transcript.submissions.get(number=2).provider_id
    assemblyai_fake.complete(str(winner))
    apply_callback(lost.transcript_id, 2, str(winner))
    run_due("discard", after=2 * LATER)
    assert set(assemblyai_fake.jobs) == {winner}


@pytest.mark.parametrize("behind", [timedelta(), timedelta(minutes=5)])
def test_it_is_found_pages_away_though_clocks_differ(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, monkeypatch: pytest.MonkeyPatch, behind: timedelta
) -> None:
    monkeypatch.setattr(assemblyai, "LIST_PAGE", 2)
    assemblyai_fake.clock_is_behind = behind
    make_transcript()
    assemblyai_fake.lose_next_answer = True
    run_due("submit")
    (job,) = assemblyai_fake.jobs
    for number in range(5):
        created = (timezone.now() - behind).replace(tzinfo=None).isoformat()
        other = {"id": f"other-{number}", "status": "queued", "audio_url": "x", "created": created}
        assemblyai_fake.jobs[f"other-{number}"] = other
    submission = Submission.objects.get()
    assert find_lost_job(submission.transcript, submission) == job


def test_a_search_ends_somewhere(
    assemblyai_fake: FakeAssemblyAI, lost: Submission, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(assemblyai, "LIST_PAGE", 1)
    monkeypatch.setattr(assemblyai, "LIST_PAGES_AT_MOST", 1)
    assert len(assemblyai.find_transcripts("nothing", since=timezone.now() - LATER)) == 0
    assert caplog.records[-1].__dict__["action"] == "assemblyai.list_too_long"


def test_a_job_that_is_another_submissions_is_not_adopted(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_transcript()
    first = run_due("submit")
    submission = first.submissions.get()
    twin = Submission(transcript=Transcript.objects.get(), number=2, webhook_url=submission.webhook_url)
    twin.save()
    assert not is_job_of(twin, first.provider_id)
    assert is_job_of(submission, first.provider_id)
