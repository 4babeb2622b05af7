"""AssemblyAI's second call hurries on what is asked for anyway, and decides nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import LEASE, claim_one
from tests.provider_fixtures import step_named
from tests.transcripts.ending import make_completed, make_processing
from transcripts.applying import apply_callback
from transcripts.models import RedactedAudio, Transcript
from transcripts.services import transcript_delete
from transcripts.webhook_secrets import HEADER_NAME, webhook_secret
from webhooks.models import ReceivedEvent

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]
OPTIONS = {"redact_pii": True, "redact_pii_policies": ["person_name"], "redact_pii_audio": True}
LATER = timedelta(hours=1)


def call_back(transcript_id: Any, number: int = 1) -> None:
    """Call as AssemblyAI does: without the job's id, and with a link that nobody shall follow."""
    body = {"status": "redacted_audio_ready", "redacted_audio_url": "http://169.254.169.254/evil"}
    headers = {HEADER_NAME: webhook_secret(transcript_id, number)}
    path = f"/webhooks/assemblyai/{transcript_id}/{number}/"
    assert Client().post(path, body, content_type="application/json", headers=headers).status_code == 204


@pytest.fixture
def completed(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> Transcript:
    transcript = make_processing(run_due, options=OPTIONS)
    assemblyai_fake.complete(transcript.provider_id)
    assert apply_callback(transcript.id, 1, transcript.provider_id) == ""
    return transcript


def put_off() -> None:
    RedactedAudio.objects.update(next_attempt_at=timezone.now() + LATER)


def test_it_is_asked_for_at_once(completed: Transcript, run_due: RunDue) -> None:
    put_off()
    call_back(completed.id)

    event = run_due("apply")
    assert (event.status, event.kind) == ("applied", "redacted_audio_ready")
    assert step_named("redacted-audio").due(timezone.now()).exists()


def test_a_callback_while_it_is_being_asked_for_waits(completed: Transcript, run_due: RunDue) -> None:
    _, lease = claim_one(step_named("redacted-audio"))
    call_back(completed.id)
    assert run_due("apply").status == "pending"
    lease.release(next_attempt_at=timezone.now() + 2 * LATER)
    assert run_due("apply", after=LATER).status == "applied"
    assert step_named("redacted-audio").due(timezone.now()).exists()


def test_a_lease_of_a_killed_worker_keeps_no_callback_waiting(completed: Transcript, run_due: RunDue) -> None:
    claim_one(step_named("redacted-audio"))
    RedactedAudio.objects.update(lease_until=timezone.now() - LEASE)
    call_back(completed.id)
    assert run_due("apply").status == "applied"


def test_one_that_overtakes_the_result_is_ignored(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    transcript = make_processing(run_due, options=OPTIONS)
    call_back(transcript.id)

    event = run_due("apply")
    assert (event.status, event.detail) == ("ignored", "it is asked for when the transcript is completed")


def test_one_that_nobody_asked_for_is_ignored(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    call_back(make_completed(assemblyai_fake, run_due).id)
    assert run_due("apply").status == "ignored"
    assert not RedactedAudio.objects.exists()


def test_one_that_comes_again_changes_nothing(completed: Transcript, run_due: RunDue) -> None:
    RedactedAudio.objects.update(status="failed", error_code="gave_up", ended_at=timezone.now(), next_attempt_at=None)
    call_back(completed.id)
    call_back(completed.id)

    assert run_due("apply").status == "ignored"
    assert ReceivedEvent.objects.count() == 1
    assert RedactedAudio.objects.get().next_attempt_at is None


def test_one_of_another_submission_is_ignored(completed: Transcript, run_due: RunDue) -> None:
    completed.submissions.create(number=2)
    put_off()
    call_back(completed.id, number=2)

    assert (run_due("apply").detail, step_named("redacted-audio").due(timezone.now()).exists()) == ("superseded", False)


def test_one_about_nothing_we_know_is_ignored(run_due: RunDue) -> None:
    call_back(uuid4())
    assert "unknown" in run_due("apply").detail


def test_one_about_a_deleted_transcript_is_ignored_and_leaves_no_body(completed: Transcript, run_due: RunDue) -> None:
    transcript_delete(transcript=completed)
    call_back(completed.id)

    event = run_due("apply")
    assert (event.status, event.body) == ("ignored", "")
