from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from api_project.work.leases import claim
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import LEASE, make_transcript
from tests.provider_fixtures import step_named
from transcripts.models import Transcript

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]
SOON = timedelta(seconds=10)


@pytest.fixture
def processing(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> Transcript:
    make_transcript()
    transcript: Transcript = run_due("submit")
    return transcript


def test_a_job_whose_webhook_never_came_is_brought_home(
    assemblyai_fake: FakeAssemblyAI, processing: Transcript, run_due: RunDue
) -> None:
    assemblyai_fake.complete(processing.provider_id, "Found it.")
    row = run_due("reconcile", after=SOON)
    assert (row.status, row.result.text) == ("completed", "Found it.")


def test_a_running_job_is_asked_about_again_and_tells_its_progress(
    assemblyai_fake: FakeAssemblyAI, processing: Transcript, run_due: RunDue
) -> None:
    assemblyai_fake.only_job["progress"] = 40
    row = run_due("reconcile", after=SOON)
    assert (row.status, row.progress, row.attempts) == ("processing", 40, 0)
    assert row.next_attempt_at > timezone.now()


@pytest.mark.parametrize("progress", [None, "40", -3, 1000, True])
def test_a_progress_that_makes_no_sense_does_no_harm(
    assemblyai_fake: FakeAssemblyAI, processing: Transcript, run_due: RunDue, progress: object
) -> None:
    assemblyai_fake.only_job["progress"] = progress
    row = run_due("reconcile", after=SOON)
    assert row.progress is None or 0 <= row.progress <= 100


def test_with_a_webhook_it_is_asked_seldom(
    assemblyai_fake: FakeAssemblyAI, processing: Transcript, settings: Settings, run_due: RunDue
) -> None:
    settings.PROGRESS_POLL_SECONDS = 0
    row = run_due("reconcile", after=SOON)
    assert row.next_attempt_at - timezone.now() > timedelta(seconds=200)
    assert claim(step_named("reconcile"), limit=1, now=timezone.now() + SOON, lease_for=LEASE) == []


def test_a_failed_job_is_an_error(assemblyai_fake: FakeAssemblyAI, processing: Transcript, run_due: RunDue) -> None:
    assemblyai_fake.fail(processing.provider_id, "Download error")
    row = run_due("reconcile", after=SOON)
    assert (row.status, row.error_message) == ("error", "Download error")


def test_a_job_unknown_to_the_provider_is_an_error(
    assemblyai_fake: FakeAssemblyAI, processing: Transcript, run_due: RunDue
) -> None:
    assemblyai_fake.jobs.clear()
    assert run_due("reconcile", after=SOON).error_code == "missing_at_provider"


def test_a_job_that_never_ends_is_given_up(
    assemblyai_fake: FakeAssemblyAI, processing: Transcript, run_due: RunDue
) -> None:
    Transcript.objects.update(submitted_at=timezone.now() - timedelta(hours=25))
    assert run_due("reconcile", after=SOON).error_code == "gave_up"


def test_refused_credentials_leave_it_processing(
    assemblyai_fake: FakeAssemblyAI, processing: Transcript, run_due: RunDue
) -> None:
    assemblyai_fake.fail_next(401)
    row = run_due("reconcile", after=SOON)
    assert (row.status, row.waiting_for) == ("processing", "credentials")


@pytest.mark.parametrize("status", [400, 404])
def test_an_unknown_id_is_answered_in_two_ways(
    assemblyai_fake: FakeAssemblyAI, processing: Transcript, run_due: RunDue, status: int
) -> None:
    assemblyai_fake.fail_next(status, "Transcript lookup error, transcript id not found")
    row = run_due("reconcile", after=SOON)
    assert (row.error_code, row.error_message) == (
        "missing_at_provider",
        "Transcript lookup error, transcript id not found",
    )


def test_a_job_deleted_at_the_provider_by_somebody_else_is_missing(
    assemblyai_fake: FakeAssemblyAI, processing: Transcript, run_due: RunDue
) -> None:
    assemblyai_fake.only_job.update(status="completed", audio_url="http://deleted_by_user", text=None)
    assert run_due("reconcile", after=SOON).error_code == "missing_at_provider"
