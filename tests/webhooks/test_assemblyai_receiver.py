import hmac
import json
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from tests.factories import make_transcript
from tests.webhooks.receiver_cases import ReceiverCases, worked_on
from transcripts.services import transcript_delete
from webhooks.models import ReceivedEvent

TRANSCRIPT = uuid4()
JOB = "9ea68fd3-f953-42c1-9742-976c447fb463"


def secret_of(which: str, number: int, subject: UUID = TRANSCRIPT) -> str:
    """Return the header as AssemblyAI was given it; written down here independently of the product's code."""
    key = settings.WEBHOOK_SECRETS[{"first": 0, "second": 1}[which]]
    return hmac.new(key.encode(), f"assemblyai:{subject}:{number}".encode(), sha256).hexdigest()


class TestAssemblyAIReceiver(ReceiverCases):
    def call(
        self,
        *,
        secret: str = "first",
        status: str = "completed",
        body: bytes | None = None,
        number: int = 1,
        subject: UUID = TRANSCRIPT,
        **environ: Any,
    ) -> HttpResponse:
        content = body if body is not None else json.dumps({"transcript_id": JOB, "status": status}).encode()
        headers = {"X-Webhook-Secret": secret_of(secret, number, subject) if secret in ("first", "second") else secret}
        response = self.client.post(
            f"/webhooks/assemblyai/{subject}/{number}/",
            content,
            content_type="application/json",
            headers={name: value for name, value in headers.items() if value},
            **environ,
        )
        assert isinstance(response, HttpResponse)
        return response

    def test_it_notes_what_the_event_is_about(self) -> None:
        self.call(number=7)
        event = ReceivedEvent.objects.get()
        assert (event.provider, event.subject, event.number, event.reference) == ("assemblyai", TRANSCRIPT, 7, JOB)
        assert json.loads(event.body) == {"transcript_id": JOB, "status": "completed"}

    def test_one_submissions_secret_does_not_open_another(self) -> None:
        response = self.client.post(
            f"/webhooks/assemblyai/{TRANSCRIPT}/2/",
            b"{}",
            content_type="application/json",
            headers={"X-Webhook-Secret": secret_of("first", 1)},
        )
        assert response.status_code == 403

    def test_the_two_ends_of_a_job_are_two_events(self) -> None:
        self.call(status="completed")
        self.call(status="error")
        assert ReceivedEvent.objects.count() == 2

    def test_the_redacted_audio_call_is_kept_without_a_job(self) -> None:
        body = {"status": "redacted_audio_ready", "redacted_audio_url": "https://cdn.example/x"}
        assert self.call(body=json.dumps(body).encode()).status_code == 204
        event = worked_on()
        assert (event.status, event.reference) == ("ignored", "")

    @pytest.mark.parametrize(
        "body",
        [
            b"not json",
            b"\xff\xfe",
            b"null",
            b"[]",
            b'"completed"',
            b"{}",
            b'{"status": "completed"}',
            b'{"status": "completed", "transcript_id": 5}',
            b'{"status": "completed", "transcript_id": "\\u0000"}',
            b'{"status": ["completed"], "transcript_id": "x"}',
            json.dumps({"status": "completed", "transcript_id": "x" * 101}).encode(),
            b"[" * 50_000,
            b'{"status": "completed", "transcript_id": ' + b"9" * 5000 + b"}",
        ],
    )
    def test_a_signed_body_that_makes_no_sense_is_kept_as_ignored(self, body: bytes) -> None:
        assert self.call(body=body).status_code == 204
        assert worked_on().status == "ignored"

    @pytest.mark.parametrize("secret", ["\xff", "é" * 32, "x" * 10_000])
    def test_a_strange_secret_is_just_wrong(self, secret: str) -> None:
        assert self.call(secret=secret).status_code == 403

    def test_only_post_is_answered(self) -> None:
        assert self.client.get(f"/webhooks/assemblyai/{TRANSCRIPT}/1/").status_code == 405

    def test_a_huge_submission_number_is_just_wrong(self) -> None:
        path = f"/webhooks/assemblyai/{TRANSCRIPT}/{'9' * 40}/"
        assert Client().post(path, b"{}", content_type="application/json").status_code == 403

    @pytest.mark.parametrize(("length", "status"), [("", 411), ("x", 411), ("1000", 400)])
    def test_a_body_that_is_not_as_long_as_it_says_is_refused(self, length: str, status: int) -> None:
        cut_off = BytesIO(b'{"transcript_id": "x"')
        environ: dict[str, Any] = {"CONTENT_LENGTH": length, "wsgi.input": cut_off}
        assert self.call(**environ).status_code == status
        assert not ReceivedEvent.objects.exists()

    def test_a_strangers_body_is_not_read(self) -> None:
        # It may be sent one byte a minute.
        body = BytesIO(b"{}")
        environ: dict[str, Any] = {"CONTENT_LENGTH": "2", "wsgi.input": body}
        assert self.call(secret="wrong", **environ).status_code == 403
        assert body.tell() == 0

    def test_an_ignored_callback_about_an_erased_transcript_leaves_no_body(self) -> None:
        transcript = make_transcript()
        transcript_delete(transcript=transcript)
        body = {"status": "redacted_audio_ready", "redacted_audio_url": "https://x"}
        self.call(body=json.dumps(body).encode(), subject=transcript.id)
        assert worked_on().body == ""
