"""The text of ten hours is 600 KB, so only the answers that have it read it, and those once."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api import TRANSCRIPTS, api_client
from tests.assemblyai_fake import FakeAssemblyAI
from tests.transcripts.ending import make_completed, make_failed
from transcripts.models import Transcript, TranscriptResult

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]
TEXT = '"transcripts_transcriptresult"."text"'
WITHOUT = ["words/", "utterances/", "json/", "word-search/?words=hello", "audio/", "redacted-audio/"]
# Sentences need to know whether the text has marks.
WITH = ["", "txt/", "sentences/", "paragraphs/", "srt/", "vtt/"]


@pytest.fixture
def transcript(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> Transcript:
    return make_completed(assemblyai_fake, run_due)


def times_read(method: str, address: str, body: Any = None, **headers: str) -> int:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    client = api_client()
    with CaptureQueriesContext(connection) as queries:
        more = {"data": body, "content_type": "application/json"} if body else {}
        response = getattr(client, method)(f"{TRANSCRIPTS}{address}", headers=given, **more)
        if response.streaming:
            response.close()
    assert response.status_code < 500
    return sum(TEXT in query["sql"] for query in queries)


@pytest.mark.parametrize("part", WITHOUT)
def test_an_answer_without_it_does_not_read_it(part: str, transcript: Transcript) -> None:
    assert times_read("get", f"{transcript.pk}/{part}") == 0


@pytest.mark.parametrize("part", WITH)
def test_an_answer_with_it_reads_it_once(part: str, transcript: Transcript) -> None:
    assert times_read("get", f"{transcript.pk}/{part}") == 1


@pytest.mark.parametrize("part", WITH)
def test_what_a_client_has_is_told_without_it(part: str, transcript: Transcript) -> None:
    tag = api_client().get(f"{TRANSCRIPTS}{transcript.pk}/{part}")["ETag"]

    assert times_read("get", f"{transcript.pk}/{part}", If_None_Match=tag) == 0


def test_who_would_have_waited_is_sent_what_was_read_once(transcript: Transcript) -> None:
    assert times_read("get", f"{transcript.pk}/", Prefer="wait=5") == 1


def test_a_change_reads_it_once_for_its_answer(transcript: Transcript) -> None:
    assert times_read("patch", f"{transcript.pk}/", {"metadata": {"a": 1}}) == 1


def test_deleting_and_trying_again_do_not_read_it(
    transcript: Transcript, assemblyai_fake: FakeAssemblyAI, run_due: RunDue
) -> None:
    failed = make_failed(assemblyai_fake, run_due)

    assert times_read("post", f"{transcript.pk}/retry/") == 0
    assert times_read("post", f"{failed.pk}/retry/") == 0
    assert times_read("delete", f"{transcript.pk}/") == 0


@pytest.fixture
def erased_once_its_row_is_read(transcript: Transcript) -> Iterator[None]:
    seen: list[str] = []

    def erase(execute: Any, sql: str, *more: Any) -> Any:
        if len(seen) == 1:
            seen.append(sql)
            TranscriptResult.objects.filter(pk=transcript.pk).delete()
        elif not seen and '"transcripts_transcript"."owner_id" =' in sql:
            seen.append(sql)
        return execute(sql, *more)

    with connection.execute_wrapper(erase):
        yield
    assert len(seen) == 2


@pytest.mark.parametrize("part", ["txt/", "srt/", "utterances/", "json/", "word-search/?words=hello"])
@pytest.mark.usefixtures("erased_once_its_row_is_read")
def test_what_is_erased_meanwhile_is_not_there(part: str, transcript: Transcript) -> None:
    assert api_client().get(f"{TRANSCRIPTS}{transcript.pk}/{part}").status_code == 404
