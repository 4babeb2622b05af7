import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone
from pytest_django import Settings

from api_project.work.alarms import PROBE_EVERY, alarm_open
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import AUDIO, make_transcript, make_url_transcript
from transcripts.models import Submission, Transcript
from transcripts.selectors import provider_alarm
from transcripts.webhook_secrets import HEADER_NAME, webhook_secret_matches

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]
LATER = timedelta(hours=1)


def test_it_uploads_submits_and_waits_for_the_webhook(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_transcript(options={"speaker_labels": True})
    row = run_due("submit")
    assert (row.status, row.waiting_for) == ("processing", "")
    assert row.submitted_at is not None
    assert list(assemblyai_fake.uploads.values()) == [AUDIO]
    job = assemblyai_fake.only_job
    assert job["id"] == row.provider_id == row.submissions.get().provider_id
    assert job["speaker_labels"] is True
    assert job["audio_url"] in assemblyai_fake.uploads


def test_the_upload_is_sent_with_its_length(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_transcript()
    run_due("submit")
    assert assemblyai_fake.requests[0].headers["content-length"] == str(len(AUDIO))


def test_the_webhook_names_the_submission_and_carries_its_secret(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue
) -> None:
    transcript = make_transcript()
    run_due("submit")
    job = assemblyai_fake.only_job
    assert job["webhook_url"] == f"http://127.0.0.1:8000/webhooks/assemblyai/{transcript.id}/1/"
    assert job["webhook_auth_header_name"] == HEADER_NAME
    assert webhook_secret_matches(job["webhook_auth_header_value"], transcript.id, 1)


def test_the_operators_models_are_asked_for_unless_the_client_names_some(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, settings: Settings
) -> None:
    settings.ASSEMBLYAI_SPEECH_MODELS = ["universal-9"]
    make_transcript()
    run_due("submit")
    assert assemblyai_fake.only_job["speech_models"] == ["universal-9"]
    make_transcript(options={"speech_models": ["mine"]})
    run_due("submit")
    assert [job["speech_models"] for job in assemblyai_fake.jobs.values()][-1] == ["mine"]


def test_an_audio_url_is_submitted_as_it_is(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_url_transcript("https://example.com/talk.mp3")
    run_due("submit")
    assert assemblyai_fake.only_job["audio_url"] == "https://example.com/talk.mp3"
    assert assemblyai_fake.uploads == {}


def test_without_a_public_address_no_webhook_is_set(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, settings: Settings
) -> None:
    settings.WEBHOOK_BASE_URL = ""
    settings.PROGRESS_POLL_SECONDS = 0
    make_transcript()
    row = run_due("submit")
    assert assemblyai_fake.only_job.get("webhook_url") is None
    assert timedelta(seconds=2) < row.next_attempt_at - timezone.now() < timedelta(seconds=6)


@pytest.mark.parametrize("status", [401, 402, 403])
def test_refused_credentials_make_it_wait_and_raise_the_alarm(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, status: int
) -> None:
    make_transcript()
    assemblyai_fake.fail_next(status, "Authentication error, API token missing/invalid")
    row = run_due("submit")
    assert (row.status, row.waiting_for, row.failing_since) == ("queued", "credentials", None)
    alarm = provider_alarm()
    assert alarm is not None
    assert alarm.reason == "credentials"
    assert "API token missing" in alarm.detail


def test_work_goes_on_when_the_credentials_are_mended(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_transcript()
    assemblyai_fake.fail_next(401)
    run_due("submit")
    row = run_due("submit", after=2 * PROBE_EVERY)
    assert (row.status, row.waiting_for) == ("processing", "")
    assert alarm_open("assemblyai") is None


@pytest.mark.parametrize("status", [429, 500, 502, 503, 408])
def test_a_provider_that_fails_is_tried_again(assemblyai_fake: FakeAssemblyAI, run_due: RunDue, status: int) -> None:
    make_transcript()
    assemblyai_fake.fail_next(status)
    row = run_due("submit")
    assert (row.status, row.waiting_for) == ("queued", "retry")
    assert run_due("submit", after=LATER).status == "processing"


def test_retry_after_is_heeded(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_transcript()
    assemblyai_fake.fail_next(429, **{"Retry-After": "120"})
    row = run_due("submit")
    assert row.next_attempt_at - timezone.now() > timedelta(seconds=110)


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("cut")]
)
def test_a_provider_that_cannot_be_reached_is_tried_again(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, error: Exception
) -> None:
    make_transcript()
    assemblyai_fake.break_next(error)
    assert run_due("submit").status == "queued"
    assert run_due("submit", after=LATER).status == "processing"


def test_an_answer_that_is_not_json_is_tried_again(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_transcript()
    assemblyai_fake.failures.append(httpx.Response(200, text="<html>a proxy</html>"))
    assert run_due("submit").waiting_for == "retry"


def test_failures_in_a_row_are_an_outage(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_transcript()
    for turn in range(3):
        assemblyai_fake.break_next(httpx.ConnectError("refused"))
        row = run_due("submit", after=turn * LATER)
    alarm = provider_alarm()
    assert alarm is not None
    assert alarm.reason == "outage"
    assert row.waiting_for == "provider"


def test_an_outage_is_given_up_by_age(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_transcript(failing_since=timezone.now() - timedelta(hours=25))
    assemblyai_fake.break_next(httpx.ConnectError("refused"))
    row = run_due("submit")
    assert (row.status, row.error_code) == ("error", "gave_up")
    assert "refused" in row.error_message
    assert row.completed_at is not None


def test_what_the_provider_rejects_is_an_error_at_once_in_its_words(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue
) -> None:
    make_transcript()
    upload = httpx.Response(200, json={"upload_url": "https://cdn.assemblyai.com/upload/1"})
    assemblyai_fake.failures.append(upload)
    assemblyai_fake.fail_next(400, "Invalid language_code: xx")
    row = run_due("submit")
    assert (row.status, row.error_code, row.error_message) == ("error", "rejected", "Invalid language_code: xx")
    assert row.next_attempt_at is None


def test_an_upload_is_not_repeated_when_the_submit_failed(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_transcript()
    assemblyai_fake.failures.append(httpx.Response(200, json={"upload_url": "https://cdn.assemblyai.com/upload/x"}))
    assemblyai_fake.fail_next(503)
    run_due("submit")
    run_due("submit", after=LATER)
    assert assemblyai_fake.uploads == {}
    assert assemblyai_fake.only_job["audio_url"] == "https://cdn.assemblyai.com/upload/x"


def test_an_old_upload_is_made_again(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    transcript = make_transcript()
    long_ago = timezone.now() - timedelta(hours=21)
    Submission.objects.create(transcript=transcript, number=1, upload_url="https://cdn/old", uploaded_at=long_ago)
    run_due("submit")
    assert assemblyai_fake.only_job["audio_url"] in assemblyai_fake.uploads


def test_a_job_whose_answer_was_lost_is_found_and_adopted(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_transcript()
    assemblyai_fake.lose_next_answer = True
    assert run_due("submit").status == "queued"
    row = run_due("submit", after=LATER)
    assert row.status == "processing"
    assert row.provider_id == assemblyai_fake.only_job["id"]


def test_a_lost_job_of_an_audio_url_is_found_by_its_webhook(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    audio_url = "https://example.com/a.mp3"
    foreign = {"id": "foreign", "status": "queued", "audio_url": audio_url, "webhook_url": "x"}
    assemblyai_fake.jobs["foreign"] = foreign | {"created": "2026-01-01T00:00:00"}
    make_url_transcript(audio_url)
    assemblyai_fake.lose_next_answer = True
    run_due("submit")
    row = run_due("submit", after=LATER)
    assert row.provider_id in set(assemblyai_fake.jobs) - {"foreign"}
    assert len(assemblyai_fake.jobs) == 2


def test_a_begun_submission_without_a_job_is_replaced_under_a_new_number(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue
) -> None:
    transcript = make_transcript()
    now = timezone.now()
    Submission.objects.create(
        transcript=transcript, number=1, upload_url="https://cdn/1", uploaded_at=now, started_at=now - LATER
    )
    row = run_due("submit")
    assert row.submissions.get(provider_id=row.provider_id).number == 2
    assert assemblyai_fake.only_job["webhook_url"].endswith(f"{transcript.id}/2/")
    assert assemblyai_fake.only_job["audio_url"] == "https://cdn/1"


def test_a_job_of_a_transcript_deleted_meanwhile_is_deleted_at_the_provider(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, monkeypatch: pytest.MonkeyPatch
) -> None:
    transcript = make_transcript()
    answer = assemblyai_fake.handle

    def delete_while_submitting(request: httpx.Request) -> httpx.Response:
        response = answer(request)
        if request.url.path == "/v2/transcript":
            Transcript.objects.filter(pk=transcript.pk).update(deleted_at=timezone.now(), lease_token=None)
        return response

    monkeypatch.setattr(assemblyai_fake, "handle", delete_while_submitting)
    run_due("submit")
    run_due("discard")
    assert assemblyai_fake.jobs == {}


def test_no_secret_and_no_text_is_sent_in_the_submission(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_transcript(title="private", metadata={"patient": "private"})
    run_due("submit")
    assert "private" not in json.dumps(assemblyai_fake.only_job)
