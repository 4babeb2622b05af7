"""Versions of a transcript: what a client has is not sent again, and what has changed is not overwritten."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from api_project.work.models import Alarm
from tests.api import TRANSCRIPTS, api_client, fields_at_fault
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import make_transcript
from tests.transcripts.ending import make_completed, make_failed
from transcripts.models import Transcript, WaitingFor
from transcripts.provider_health import Operation
from transcripts.serializers import TranscriptSerializer
from transcripts.versions import COLUMNS

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]
OTHER = '"another"'


def path_of(transcript: Transcript) -> str:
    return f"{TRANSCRIPTS}{transcript.pk}/"


def tag_of(transcript: Transcript) -> str:
    return str(api_client().get(path_of(transcript))["ETag"])


def test_the_version_is_made_of_every_field_of_the_record() -> None:
    assert COLUMNS.keys() == TranscriptSerializer().fields.keys()


def test_what_a_client_has_is_not_sent_again(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    transcript = make_completed(assemblyai_fake, run_due)
    tag = tag_of(transcript)
    response = api_client().get(path_of(transcript), headers={"If-None-Match": tag})

    assert (response.status_code, response.content, response["ETag"]) == (304, b"", tag)
    assert response["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Cookie"} <= {name.strip() for name in response["Vary"].split(",")}


def test_any_of_several_versions_will_do() -> None:
    transcript = make_transcript()
    names = f"{OTHER}, W/{tag_of(transcript)}"

    assert api_client().get(path_of(transcript), headers={"If-None-Match": names}).status_code == 304


def test_an_unchanged_one_is_told_without_reading_its_text(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, django_assert_max_num_queries: Any
) -> None:
    transcript = make_completed(assemblyai_fake, run_due)
    client, tag = api_client(), tag_of(transcript)
    client.get(path_of(transcript))
    with django_assert_max_num_queries(2) as queries:
        client.get(path_of(transcript), headers={"If-None-Match": tag})

    assert not [query for query in queries if "transcriptresult" in query["sql"]]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "other"},
        {"metadata": {"a": 1}},
        {"progress": 40},
        {"waiting_for": WaitingFor.RETRY},
        {"next_attempt_at": timezone.now() + timedelta(hours=1)},
    ],
)
def test_whatever_changes_is_another_version(change: dict[str, Any]) -> None:
    transcript = make_transcript()
    before = tag_of(transcript)
    Transcript.objects.filter(pk=transcript.pk).update(**change)

    assert api_client().get(path_of(transcript), headers={"If-None-Match": before}).status_code == 200
    assert tag_of(transcript) != before


def test_an_alarm_is_another_version_of_what_waits_for_it() -> None:
    transcript = make_transcript()
    before = tag_of(transcript)
    now = timezone.now()
    Alarm.objects.create(key=Operation.SUBMIT, reason="outage", detail="down", raised_at=now, probe_at=now)

    assert tag_of(transcript) != before


def test_being_asked_about_is_no_other_version(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    transcript = make_transcript()
    run_due("submit")
    before = tag_of(transcript)
    Transcript.objects.filter(pk=transcript.pk).update(next_attempt_at=timezone.now() + timedelta(hours=1))

    assert tag_of(transcript) == before


def test_a_stranger_learns_nothing_from_a_version() -> None:
    transcript = make_transcript()
    tag = tag_of(transcript)
    client = api_client("mallory")

    assert client.get(path_of(transcript), headers={"If-None-Match": tag}).status_code == 404
    assert client.patch(path_of(transcript), {}, "application/json", headers={"If-Match": tag}).status_code == 404


@pytest.mark.parametrize("method", ["get", "delete"])
def test_another_version_than_the_one_named_is_refused(method: str) -> None:
    transcript = make_transcript()
    response = getattr(api_client(), method)(path_of(transcript), headers={"If-Match": OTHER})

    assert (response.status_code, response.json()["type"]) == (412, "/api/problems/precondition-failed/")
    assert Transcript.objects.get(pk=transcript.pk).deleted_at is None


def test_the_version_named_is_deleted() -> None:
    transcript = make_transcript()

    assert api_client().delete(path_of(transcript), headers={"If-Match": tag_of(transcript)}).status_code == 204


def test_only_the_version_named_is_tried_again(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    transcript = make_failed(assemblyai_fake, run_due)
    client, path = api_client(), f"{path_of(transcript)}retry/"

    for headers in ({"If-Match": OTHER}, {"If-None-Match": "*"}):
        refused = client.post(path, headers=headers)
        assert (refused.status_code, refused.json()["type"]) == (412, "/api/problems/precondition-failed/")
        assert client.get(path_of(transcript)).json()["status"] == "error"
    assert fields_at_fault(client.post(path, headers={"If-Match": "garbage"})) == {"If-Match": "invalid"}

    assert client.post(path, headers={"If-Match": tag_of(transcript)}).status_code == 202
    assert client.post(path, headers={"If-Match": tag_of(transcript)}).status_code == 409


@pytest.mark.parametrize(
    "names", ["notquoted", "garbage", '"unclosed', "", ",,", "W/*", '"a" "b"', '"a", b', "*, *", 'w/"a"']
)
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_version_that_cannot_be_read_is_refused(method: str, names: str) -> None:
    transcript = make_transcript(title="old")
    body, wanted = b'{"title": "new"}', {"If-Match": names}
    response = api_client().generic(method, path_of(transcript), body, "application/json", headers=wanted)

    assert (response.status_code, fields_at_fault(response)) == (400, {"If-Match": "invalid"})
    transcript.refresh_from_db()
    assert (transcript.title, transcript.deleted_at) == ("old", None)


@pytest.mark.parametrize("names", ["*", " * ", '"another", {}', ', "another",,\t{} ,', '"a,b",{}'])
def test_any_version_named_will_do_for_a_change(names: str) -> None:
    transcript = make_transcript()
    wanted = {"If-Match": names.format(tag_of(transcript))}

    assert api_client().patch(path_of(transcript), {}, "application/json", headers=wanted).status_code == 200


@pytest.mark.parametrize("names", ["notquoted", '"unclosed', ",,", ""])
def test_what_cannot_be_read_of_what_a_client_has_is_passed_over(names: str) -> None:
    transcript = make_transcript()

    assert api_client().get(path_of(transcript), headers={"If-None-Match": names}).status_code == 200
    wanted = {"If-None-Match": names}
    assert api_client().patch(path_of(transcript), {}, "application/json", headers=wanted).status_code == 200


def test_the_sentence_says_which_condition_failed() -> None:
    transcript = make_transcript()
    tag, client = tag_of(transcript), api_client()

    def sentence(**headers: str) -> str:
        wanted = {name.replace("_", "-"): value for name, value in headers.items()}
        response = client.patch(path_of(transcript), {}, "application/json", headers=wanted)
        assert response.status_code == 412
        return str(response.json()["detail"])

    assert "has changed since" in sentence(If_Match=OTHER)
    assert "no weak tag" in sentence(If_Match=f"W/{tag}")
    assert "If-None-Match" in sentence(If_None_Match=tag)
    assert "If-None-Match" in sentence(If_None_Match="*")


@pytest.mark.parametrize("part", ["", "srt/", "txt/"])
def test_a_date_of_modification_that_nobody_knows_is_passed_over(
    part: str, assemblyai_fake: FakeAssemblyAI, run_due: RunDue
) -> None:
    transcript = make_completed(assemblyai_fake, run_due)
    for name in ("If-Unmodified-Since", "If-Modified-Since"):
        response = api_client().get(f"{path_of(transcript)}{part}", headers={name: "Sat, 29 Oct 1994 19:43:31 GMT"})
        assert response.status_code == 200
