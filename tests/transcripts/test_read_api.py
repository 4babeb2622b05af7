"""Reading transcripts over REST."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from api_project.work.alarms import alarm_raise
from api_project.work.models import Alarm
from tests.api import TRANSCRIPTS, api_client, fields_at_fault
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import make_transcript, make_url_transcript
from tests.transcripts.ending import make_completed, make_failed, make_processing
from transcripts.applying import WORDS_PER_PAGE
from transcripts.models import Transcript
from transcripts.provider_health import Operation
from transcripts.services import transcript_delete

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]


def address(transcript: Transcript, part: str = "") -> str:
    return f"{TRANSCRIPTS}{transcript.pk}/{part}"


def get(transcript: Transcript, part: str = "") -> Any:
    return api_client().get(address(transcript, part))


def test_a_completed_one_has_its_text(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    transcript = make_completed(assemblyai_fake, run_due, confidence=0.8, language_code="en_us")

    body = get(transcript).json()
    assert (body["status"], body["text"], body["confidence"]) == ("completed", "Hello world.", 0.8)
    assert (body["language_code"], body["audio_duration"], body["error"]) == ("en_us", 3, None)
    assert body["provider_id"] == transcript.provider_id
    assert body["completed_at"] >= body["submitted_at"] >= body["created_at"]
    assert body["completed_at"].endswith("Z")


def test_a_failed_one_says_why(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    body = get(make_failed(assemblyai_fake, run_due)).json()

    assert (body["status"], body["text"]) == ("error", None)
    assert body["error"] == {"code": "transcription_failed", "message": "No audio in it."}


def test_one_that_waits_says_for_what_and_until_when() -> None:
    later = timezone.now() + timedelta(minutes=5)
    transcript = make_transcript(waiting_for="retry", next_attempt_at=later)

    waiting_for = get(transcript).json()["waiting_for"]
    assert waiting_for == {"reason": "retry", "until": later.isoformat().replace("+00:00", "Z")}


def test_an_open_alarm_is_why_new_ones_wait() -> None:
    make_transcript()
    alarm_raise(Operation.SUBMIT, Alarm.Reason.CREDENTIALS, "401 from the provider")

    (item,) = api_client().get(TRANSCRIPTS).json()["results"]
    assert item["waiting_for"]["reason"] == "credentials"


def test_a_list_shows_the_beginning_and_not_the_whole_text(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_completed(assemblyai_fake, run_due, "word " * 200)

    (item,) = api_client().get(TRANSCRIPTS).json()["results"]
    assert "text" not in item
    assert item["excerpt"].startswith("word word") and len(item["excerpt"]) <= 200


def test_a_list_shows_only_ones_own() -> None:
    make_transcript()

    assert api_client("mallory").get(TRANSCRIPTS).json()["results"] == []


def test_the_text_alone_is_plain_text(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    response = get(make_completed(assemblyai_fake, run_due, "Grüße."), "txt/")

    assert (response.content.decode(), response["Content-Type"]) == ("Grüße.", "text/plain; charset=utf-8")


def test_silence_is_an_empty_text(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    transcript = make_completed(assemblyai_fake, run_due, "")

    assert get(transcript, "txt/").content == b""
    assert get(transcript).json()["text"] == ""
    assert get(transcript, "words/").json() == {"next": None, "previous": None, "results": []}


@pytest.mark.parametrize("part", ["txt/", "words/"])
def test_before_the_end_there_is_nothing_to_read_and_waiting_helps(
    part: str, run_due: RunDue, assemblyai_fake: Any
) -> None:
    for transcript in (make_processing(run_due), make_transcript()):
        response = get(transcript, part)
        assert (response.status_code, response["Retry-After"]) == (409, "3")
        assert response.json()["type"] == "/api/problems/conflict/"


@pytest.mark.parametrize("part", ["txt/", "words/"])
def test_after_an_error_waiting_does_not_help(part: str, assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    response = get(make_failed(assemblyai_fake, run_due), part)

    assert response.status_code == 409
    assert "Retry-After" not in response


def test_words_have_their_times(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    body = get(make_completed(assemblyai_fake, run_due), "words/").json()

    assert [(word["text"], word["start"], word["end"]) for word in body["results"]] == [
        ("Hello", 0, 400),
        ("world.", 500, 900),
    ]
    assert body["next"] is None and body["previous"] is None


def test_words_come_in_pages(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    count = 2 * WORDS_PER_PAGE + 1
    transcript = make_completed(assemblyai_fake, run_due, " ".join(map(str, range(count))))
    client = api_client()

    seen, pages, link = [], [], address(transcript, "words/")
    while link:
        pages.append(client.get(link).json())
        seen += [word["text"] for word in pages[-1]["results"]]
        link = pages[-1]["next"]
    assert seen == [str(n) for n in range(count)]
    assert client.get(pages[2]["previous"]).json() == pages[1]
    assert pages[0]["previous"] is None


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "1000001"])
def test_it_refuses_a_page_that_is_no_number(page: str, assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    response = get(make_completed(assemblyai_fake, run_due), f"words/?page={page}")

    assert response.status_code == 400
    assert fields_at_fault(response) == {"page": "invalid"}


def test_a_page_past_the_last_is_not_there(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    assert get(make_completed(assemblyai_fake, run_due), "words/?page=2").status_code == 404


@pytest.mark.parametrize("part", ["", "txt/", "words/"])
def test_what_is_not_there_or_not_ones_own_looks_the_same(part: str) -> None:
    transcript = make_url_transcript()

    stranger = api_client("mallory").get(address(transcript, part))
    nothing = api_client("mallory").get(f"{TRANSCRIPTS}{uuid4()}/{part}")
    assert (stranger.status_code, nothing.status_code) == (404, 404)
    assert {**stranger.json(), "request_id": ""} == {**nothing.json(), "request_id": ""}


@pytest.mark.parametrize("part", ["", "txt/", "words/"])
def test_what_was_deleted_is_gone_for_every_reader(part: str, assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    transcript = make_completed(assemblyai_fake, run_due)
    transcript_delete(transcript=transcript)

    assert get(transcript, part).status_code == 404
    assert api_client().get(TRANSCRIPTS).json()["results"] == []
