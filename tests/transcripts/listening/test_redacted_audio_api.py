"""Getting the redacted audio, and what the record says of it."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import pytest

from tests.api import TRANSCRIPTS, api_client
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import make_transcript
from tests.transcripts.ending import make_completed, make_failed, make_processing
from tests.transcripts.listening.redacting import REDACTED, REDACTING
from transcripts.models import RedactedAudio, Transcript

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]
TAG = f'"{sha256(REDACTED).hexdigest()}"'
ANSWERS: list[Any] = []


@pytest.fixture(autouse=True)
def _all_answers_end() -> Iterator[None]:
    yield
    while ANSWERS:
        ANSWERS.pop().close()


def ask(transcript: Transcript, **headers: str) -> Any:
    ANSWERS.append(api_client().get(f"{TRANSCRIPTS}{transcript.pk}/redacted-audio/", headers=headers))
    return ANSWERS[-1]


def record(transcript: Transcript) -> Any:
    return api_client().get(f"{TRANSCRIPTS}{transcript.pk}/").json()["redacted_audio"]


def test_it_comes_as_the_provider_made_it(stored: RedactedAudio) -> None:
    response = ask(stored.transcript)

    assert (response.status_code, response.getvalue()) == (200, REDACTED)
    assert (response["Content-Type"], response["ETag"]) == ("audio/mpeg", TAG)
    assert response["Content-Disposition"] == 'attachment; filename="call-redacted.mp3"'


def test_parts_of_it_can_be_had(stored: RedactedAudio) -> None:
    response = ask(stored.transcript, range="bytes=-4")

    assert (response.status_code, response.getvalue()) == (206, b"beep")
    assert response["Content-Range"] == f"bytes {len(REDACTED) - 4}-{len(REDACTED) - 1}/{len(REDACTED)}"


def test_the_record_tells_of_it(stored: RedactedAudio) -> None:
    assert record(stored.transcript) == {
        "status": "stored",
        "size": len(REDACTED),
        "content_type": "audio/mpeg",
        "sha256": sha256(REDACTED).hexdigest(),
        "error": None,
    }


def test_until_it_is_there_a_client_is_told_to_wait(completed: Transcript) -> None:
    response = ask(completed)

    assert (response.status_code, response["Retry-After"]) == (409, "3")
    nothing = {"size": None, "content_type": None, "sha256": None, "error": None}
    assert record(completed) == {"status": "pending", **nothing}


def test_until_its_transcript_is_completed_there_is_none_to_wait_for(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue
) -> None:
    transcript = make_processing(run_due, options=REDACTING)

    assert (ask(transcript).status_code, ask(transcript)["Retry-After"]) == (409, "3")
    assert record(transcript) is None


def test_of_a_failed_transcript_there_is_none(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    transcript = make_failed(assemblyai_fake, run_due)
    Transcript.objects.update(options=REDACTING)
    response = ask(transcript)

    assert response.status_code == 409
    assert "Retry-After" not in response
    assert "`error`" in response.json()["detail"] and "`retry/`" in response.json()["detail"]


def test_one_that_failed_says_why(assemblyai_fake: FakeAssemblyAI, completed: Transcript, run_due: RunDue) -> None:
    RedactedAudio.objects.update(crashes=50)
    run_due("redacted-audio")
    response = ask(completed)

    assert response.status_code == 409
    assert "Retry-After" not in response
    assert "crashed" in response.json()["detail"]
    found = record(completed)
    assert (found["status"], found["error"]["code"]) == ("failed", "crashed")


def test_who_did_not_ask_for_it_reads_how_to(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    for transcript in (make_completed(assemblyai_fake, run_due), make_transcript()):
        response = ask(transcript)
        assert response.status_code == 404
        assert "`redact_pii_audio`" in response.json()["detail"]
        assert record(transcript) is None


def test_the_version_of_the_record_changes_with_it(completed: Transcript, made: Transcript, run_due: RunDue) -> None:
    address = f"{TRANSCRIPTS}{completed.pk}/"
    before = api_client().get(address)["ETag"]
    assert api_client().get(address, headers={"If-None-Match": before}).status_code == 304
    run_due("redacted-audio")
    assert api_client().get(address, headers={"If-None-Match": before}).status_code == 200
