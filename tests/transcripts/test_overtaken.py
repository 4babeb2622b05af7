"""Work that is overtaken: by another worker, by a delete, by a callback."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from api_project.work.leases import claim
from api_project.work.runner import run_step
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import LEASE, claim_one, make_transcript, make_url_transcript
from tests.provider_fixtures import step_named
from transcripts.models import Submission, Transcript
from transcripts.services import transcript_delete
from webhooks.models import ReceivedEvent

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]
LATER = timedelta(hours=1)


def submit_but_meanwhile(happen: Callable[[], object]) -> None:
    """Run the submit step, and let something happen at its last look at the clock before it begins the job.

    Its clock says that its lease still runs, as that of a machine does which was suspended the moment after.
    """

    def now() -> float:
        happen()
        return 0.0

    step = step_named("submit")
    ((row, lease),) = claim(step, limit=1, now=timezone.now(), lease_for=LEASE)
    lease.monotonic = now
    run_step(step, row, lease)


def test_who_was_suspended_before_it_began_a_job_begins_none(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_url_transcript()
    submit_but_meanwhile(lambda: run_due("submit", after=LATER))
    assert Submission.objects.get().provider_id == assemblyai_fake.only_job["id"]
    assert Transcript.objects.get().provider_id == assemblyai_fake.only_job["id"]


def test_what_was_deleted_a_moment_ago_is_not_begun(assemblyai_fake: FakeAssemblyAI) -> None:
    transcript = make_url_transcript()
    submit_but_meanwhile(lambda: transcript_delete(transcript=transcript))
    assert assemblyai_fake.jobs == {}


def test_who_was_overtaken_while_it_uploaded_leaves_the_other_upload_in_place(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_transcript()
    answer = assemblyai_fake.handle

    def overtake(request: httpx.Request) -> httpx.Response:
        monkeypatch.setattr(assemblyai_fake, "handle", answer)
        run_due("submit", after=LATER)
        return answer(request)

    monkeypatch.setattr(assemblyai_fake, "handle", overtake)
    step = step_named("submit")
    ((row, lease),) = claim(step, limit=1, now=timezone.now(), lease_for=LEASE)
    run_step(step, row, lease)
    assert Submission.objects.get().upload_url == assemblyai_fake.only_job["audio_url"]


def test_a_callback_counts_although_the_submit_step_finds_the_lost_job_at_the_same_time(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_transcript()
    assemblyai_fake.lose_next_answer = True
    run_due("submit")
    assemblyai_fake.complete(assemblyai_fake.only_job["id"])
    call_back(assemblyai_fake.only_job)
    answer = assemblyai_fake.handle

    def find_it_too(request: httpx.Request) -> httpx.Response:
        monkeypatch.setattr(assemblyai_fake, "handle", answer)
        run_due("submit", after=LATER)
        return answer(request)

    monkeypatch.setattr(assemblyai_fake, "handle", find_it_too)
    assert run_due("apply").status == "applied"
    assert Transcript.objects.get().status == "completed"


def started(transcript: Transcript, ago: timedelta) -> None:
    """Make the row of a submission whose beginner was killed; the provider knows nothing of it."""
    now = timezone.now()
    Submission.objects.create(
        transcript=transcript, number=1, upload_url="https://cdn/1", uploaded_at=now, started_at=now - ago
    )


@pytest.mark.parametrize(("ago", "jobs"), [(timedelta(seconds=50), 0), (timedelta(seconds=70), 1)])
def test_a_request_without_a_webhook_gets_time_to_arrive_before_another_is_sent(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, settings: Settings, ago: timedelta, jobs: int
) -> None:
    settings.WEBHOOK_BASE_URL = ""
    started(make_transcript(), ago)
    run_due("submit")
    assert len(assemblyai_fake.jobs) == jobs


@pytest.mark.parametrize(("ago", "is_looked_for_again"), [(timedelta(minutes=9), True), (timedelta(minutes=11), False)])
def test_a_lost_job_gets_time_to_show_itself_before_all_counts_as_erased(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, ago: timedelta, is_looked_for_again: bool
) -> None:
    transcript = make_transcript()
    started(transcript, ago)
    transcript_delete(transcript=transcript)
    run_due("discard")
    assert (run_due("erase").erased_at is None) is is_looked_for_again


def test_a_callback_after_the_erasing_is_not_kept(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_transcript()
    transcript = run_due("submit")
    job = dict(assemblyai_fake.only_job)
    transcript_delete(transcript=transcript)
    run_due("erase")
    call_back(job | {"status": "completed"})
    run_due("apply")
    event = ReceivedEvent.objects.get()
    assert (event.status, event.body, event.headers) == ("ignored", "", {})


def call_back(job: dict[str, Any]) -> None:
    Client().post(
        job["webhook_url"].removeprefix("http://127.0.0.1:8000"),
        {"transcript_id": job["id"], "status": job["status"]},
        content_type="application/json",
        headers={job["webhook_auth_header_name"]: job["webhook_auth_header_value"]},
    )


def test_a_submission_that_is_overtaken_by_the_erasing_is_no_crash(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, caplog: pytest.LogCaptureFixture
) -> None:
    transcript = make_transcript()
    step = step_named("submit")
    row, lease = claim_one(step)
    transcript_delete(transcript=transcript)
    run_due("erase")
    run_step(step, row, lease)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    assert assemblyai_fake.jobs == {}
