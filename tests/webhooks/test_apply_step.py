from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.test import Client

from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import make_transcript
from transcripts.models import Transcript
from webhooks.models import ReceivedEvent

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]
LATER = timedelta(hours=1)


@pytest.fixture
def processing(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> Transcript:
    make_transcript()
    transcript: Transcript = run_due("submit")
    return transcript


def call_back(job: dict[str, Any]) -> int:
    """Call our receiver as AssemblyAI would: with nothing but what the job was given."""
    response = Client().post(
        job["webhook_url"].removeprefix("http://127.0.0.1:8000"),
        {"transcript_id": job["id"], "status": job["status"]},
        content_type="application/json",
        headers={job["webhook_auth_header_name"]: job["webhook_auth_header_value"]},
    )
    return response.status_code


def test_a_callback_brings_the_result_home(
    assemblyai_fake: FakeAssemblyAI, processing: Transcript, run_due: RunDue
) -> None:
    assemblyai_fake.complete(processing.provider_id, "By webhook.")
    assert call_back(assemblyai_fake.only_job) == 204
    event = run_due("apply")
    processing.refresh_from_db()
    assert (event.status, processing.status) == ("applied", "completed")
    assert processing.result.text == "By webhook."


def test_an_event_waits_while_the_provider_is_away(
    assemblyai_fake: FakeAssemblyAI, processing: Transcript, run_due: RunDue
) -> None:
    assemblyai_fake.complete(processing.provider_id)
    call_back(assemblyai_fake.only_job)
    assemblyai_fake.break_next(httpx.ConnectError("refused"))
    assert run_due("apply").status == "pending"
    assert run_due("apply", after=LATER).status == "applied"


def test_an_event_about_nothing_we_know_is_ignored(run_due: RunDue) -> None:
    ReceivedEvent.objects.create(
        provider="assemblyai",
        key="k",
        subject=uuid4(),
        number=1,
        reference="job",
        received_at="2026-01-01T00:00:00Z",
        next_attempt_at="2026-01-01T00:00:00Z",
    )
    event = run_due("apply")
    assert event.status == "ignored"
    assert "unknown" in event.detail
