"""Deleting and retrying transcripts over REST."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.api import TRANSCRIPTS, api_client
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import make_transcript
from tests.transcripts.ending import make_completed, make_failed
from transcripts.models import Transcript

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]


def test_deleting_answers_without_a_body() -> None:
    transcript = make_transcript()
    response = api_client().delete(f"{TRANSCRIPTS}{transcript.pk}/")

    assert (response.status_code, response.content) == (204, b"")
    transcript.refresh_from_db()
    assert transcript.deleted_at is not None


def test_deleting_twice_finds_nothing() -> None:
    path = f"{TRANSCRIPTS}{make_transcript().pk}/"

    assert [api_client().delete(path).status_code for _ in range(2)] == [204, 404]


def test_a_stranger_deletes_nothing() -> None:
    transcript = make_transcript()

    assert api_client("mallory").delete(f"{TRANSCRIPTS}{transcript.pk}/").status_code == 404
    transcript.refresh_from_db()
    assert transcript.deleted_at is None


def test_a_failed_one_is_queued_again(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    transcript = make_failed(assemblyai_fake, run_due)
    response = api_client().post(f"{TRANSCRIPTS}{transcript.pk}/retry/")

    assert response.status_code == 202
    assert urlsplit(response["Location"]).path == f"{TRANSCRIPTS}{transcript.pk}/"
    body = response.json()
    assert (body["status"], body["error"], body["completed_at"]) == ("queued", None, None)


def test_only_a_failed_one_can_be_retried(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    for transcript in (make_completed(assemblyai_fake, run_due), make_transcript()):
        status = transcript.status
        response = api_client().post(f"{TRANSCRIPTS}{transcript.pk}/retry/")

        assert (response.status_code, response.json()["type"]) == (409, "/api/problems/conflict/")
        assert Transcript.objects.get(pk=transcript.pk).status == status


def test_a_stranger_retries_nothing(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    transcript = make_failed(assemblyai_fake, run_due)

    assert api_client("mallory").post(f"{TRANSCRIPTS}{transcript.pk}/retry/").status_code == 404
    transcript.refresh_from_db()
    assert transcript.status == "error"
