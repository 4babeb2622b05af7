"""Changing title and metadata over REST."""

from typing import Any

import pytest

from tests.api import TRANSCRIPTS, api_client, fields_at_fault
from tests.factories import make_transcript, make_user
from transcripts.models import Transcript
from transcripts.services import transcript_delete, transcript_update

pytestmark = pytest.mark.django_db


def patch(transcript: Transcript, body: Any, name: str = "ada", **headers: str) -> Any:
    return api_client(name).patch(f"{TRANSCRIPTS}{transcript.pk}/", body, "application/json", headers=headers)


def test_title_and_metadata_can_be_changed() -> None:
    transcript = make_transcript(title="old", metadata={"a": 1, "b": 2})
    response = patch(transcript, {"title": "new", "metadata": {"c": 3}})

    assert response.status_code == 200
    assert (response.json()["title"], response.json()["metadata"]) == ("new", {"c": 3})
    transcript.refresh_from_db()
    assert (transcript.title, transcript.metadata) == ("new", {"c": 3})


def test_what_is_left_out_stays() -> None:
    transcript = make_transcript(title="old", metadata={"a": 1})

    assert patch(transcript, {"title": ""}).json()["metadata"] == {"a": 1}
    assert patch(transcript, {"metadata": {}}).json()["title"] == ""
    assert patch(transcript, {}).status_code == 200


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"status": "completed"}, {"status": "unknown"}),
        ({"title": "x" * 201}, {"title": "max_length"}),
        ({"title": 5}, {"title": "invalid"}),
        ({"title": "a\u202eb", "odd": 1}, {"title": "unprintable", "odd": "unknown"}),
        ({"title": None}, {"title": "null"}),
        ({"metadata": []}, {"metadata": "invalid"}),
        ({"metadata": {"a": "x" * 17_000}}, {"metadata": "too_large"}),
    ],
)
def test_what_cannot_be_changed_is_refused_by_name(body: Any, fault: dict[str, str]) -> None:
    transcript = make_transcript(title="old")
    response = patch(transcript, body)

    assert (response.status_code, fields_at_fault(response)) == (400, fault)
    transcript.refresh_from_db()
    assert transcript.title == "old"


@pytest.mark.parametrize("body", [[], "title", 5])
def test_a_body_that_is_no_object_is_refused(body: Any) -> None:
    assert patch(make_transcript(), body).status_code == 400


def test_the_answer_names_the_new_version() -> None:
    transcript = make_transcript()
    tag = patch(transcript, {"title": "one"})["ETag"]

    assert api_client().get(f"{TRANSCRIPTS}{transcript.pk}/")["ETag"] == tag


def test_of_two_who_changed_the_same_version_the_second_is_told() -> None:
    transcript = make_transcript()
    tag = api_client().get(f"{TRANSCRIPTS}{transcript.pk}/")["ETag"]

    assert patch(transcript, {"title": "first"}, **{"If-Match": tag}).status_code == 200
    second = patch(transcript, {"title": "second"}, **{"If-Match": tag})

    assert (second.status_code, second.json()["type"]) == (412, "/api/problems/precondition-failed/")
    transcript.refresh_from_db()
    assert transcript.title == "first"


def test_the_workers_columns_are_not_touched() -> None:
    transcript = make_transcript()
    Transcript.objects.filter(pk=transcript.pk).update(progress=70)
    transcript_update(transcript=transcript, changes={"title": "new"})

    assert Transcript.objects.get(pk=transcript.pk).progress == 70
    with pytest.raises(ValueError, match="status"):
        transcript_update(transcript=transcript, changes={"status": "completed"})


def test_what_was_deleted_meanwhile_is_not_changed() -> None:
    transcript = make_transcript(make_user("ada"), title="old")
    transcript_delete(transcript=transcript)

    with pytest.raises(Transcript.DoesNotExist):
        transcript_update(transcript=transcript, changes={"title": "new"})
    assert Transcript.objects.get(pk=transcript.pk).title == "old"


def test_a_stranger_changes_nothing() -> None:
    transcript = make_transcript(title="old")

    assert patch(transcript, {"title": "new"}, name="mallory").status_code == 404
    transcript.refresh_from_db()
    assert transcript.title == "old"
