"""Narrowing the list: each filter, all of them together, and what is refused."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.api import TRANSCRIPTS, api_client, fields_at_fault
from tests.factories import make_transcript, make_url_transcript, make_user
from tests.transcripts.finding.spoken import ids, listed, spoken
from transcripts.models import Status, Transcript
from transcripts.services import transcript_delete

pytestmark = pytest.mark.django_db


def shown(**parameters: Any) -> list[str]:
    return [item["id"] for item in listed(**parameters)]


def failed() -> Transcript:
    return make_transcript(status=Status.ERROR, error_code="gave_up", completed_at=timezone.now())


def test_by_status() -> None:
    done, wrong, waiting = spoken("words"), failed(), make_transcript()

    assert shown(status="completed") == ids(done)
    assert shown(status="error") == ids(wrong)
    assert shown(status="error,queued") == ids(waiting, wrong)
    assert shown(status="queued,processing,completed,error") == ids(waiting, wrong, done)


def test_by_source_alone_and_with_a_status() -> None:
    upload, url, wrong = make_transcript(), make_url_transcript(), failed()

    assert shown(source="upload") == ids(wrong, upload)
    assert shown(source="url") == ids(url)
    assert shown(source="upload", status="error") == ids(wrong)
    assert shown(source="recording") == []


def test_by_call() -> None:
    call = uuid4()
    of_call, later = make_transcript(call_id=call), make_transcript(call_id=call)
    make_transcript(call_id=uuid4())

    assert shown(call=call) == ids(later, of_call)
    assert shown(call=call, status="error") == []


def test_by_time_to_the_instant() -> None:
    first, second, third = (make_transcript() for _ in range(3))
    moment = second.created_at.isoformat()

    assert shown(created_after=moment) == ids(third, second)
    assert shown(created_before=moment) == ids(first)
    assert shown(created_after=moment, created_before=third.created_at.isoformat()) == ids(second)
    local = second.created_at.astimezone(timezone.get_fixed_timezone(timedelta(hours=5, minutes=30)))
    assert shown(created_before=local.isoformat()) == ids(first)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"created_after": "0000-01-01T00:00:00Z"}, 1),
        ({"created_after": "0001-01-01T00:00:00+23:59"}, 1),
        ({"created_before": "0001-01-01T00:00:00+23:59"}, 0),
        ({"created_before": "9999-12-31T23:59:59.9999999999-23:59"}, 1),
        ({"created_after": "9999-12-31t23:59:59z"}, 0),
    ],
)
def test_the_ends_of_time_are_times_too(parameters: dict[str, str], expected: int) -> None:
    make_transcript()
    assert len(shown(**parameters)) == expected


def test_what_is_others_or_deleted_is_in_no_list() -> None:
    call = uuid4()
    make_transcript(owner=make_user("mallory"), call_id=call)
    transcript_delete(transcript=make_transcript(call_id=call))

    for filters in (
        {"status": "queued"},
        {"source": "upload"},
        {"call": call},
        {"created_after": "2020-01-01T00:00:00Z"},
    ):
        assert shown(**filters) == []


def test_pages_of_several_statuses_show_everything_once() -> None:
    expected = ids(*[failed() if place % 3 else make_transcript() for place in range(9)])[::-1]
    client = api_client()

    seen, pages, link = [], [], f"{TRANSCRIPTS}?status=error,queued&limit=4"
    while link:
        pages.append(client.get(link).json())
        seen += [item["id"] for item in pages[-1]["results"]]
        link = pages[-1]["next"]
    assert seen == expected
    assert client.get(pages[2]["previous"]).json()["results"] == pages[1]["results"]


@pytest.mark.parametrize(
    ("parameters", "fault"),
    [
        ({"status": "done"}, {"status": "invalid_choice"}),
        ({"status": "queued,"}, {"status": "invalid_choice"}),
        ({"status": ""}, {"status": "invalid_choice"}),
        ({"source": "fax"}, {"source": "invalid_choice"}),
        ({"source": ""}, {"source": "invalid_choice"}),
        ({"call": "4711"}, {"call": "invalid"}),
        ({"call": "00000000000000000000000000000001"}, {"call": "invalid"}),
        ({"created_after": "yesterday"}, {"created_after": "invalid"}),
        ({"created_after": "2026-11-22"}, {"created_after": "invalid"}),
        ({"created_after": "2026-11-22T17:00:00"}, {"created_after": "invalid"}),
        ({"created_before": "2026-11-22T17:00:00 01:00"}, {"created_before": "invalid"}),
        ({"created_before": "2026-02-30T17:00:00Z"}, {"created_before": "invalid"}),
        ({"order": "oldest", "search": "a"}, {"order": "invalid_choice"}),
        ({"order": "relevance"}, {"order": "needs_search"}),
        ({"status": "x", "source": "y"}, {"status": "invalid_choice", "source": "invalid_choice"}),
        ({"colour": "red"}, {"colour": "unknown"}),
    ],
)
def test_what_is_no_filter_is_refused_by_name(parameters: dict[str, str], fault: dict[str, str]) -> None:
    response = api_client().get(TRANSCRIPTS, parameters)

    assert response.status_code == 400
    assert fields_at_fault(response) == fault


def test_a_cursor_of_another_list_is_refused() -> None:
    for _ in range(3):
        make_transcript()
    client = api_client()
    link = client.get(f"{TRANSCRIPTS}?limit=1&status=queued").json()["next"]

    for other in (link.replace("status=queued", "status=error"), link.replace("&status=queued", "")):
        response = client.get(other)
        assert (response.status_code, fields_at_fault(response)) == (400, {"cursor": "other_list"})
    assert client.get(link.replace("limit=1", "limit=2")).status_code == 200


def test_a_page_whose_rows_went_leads_to_those_around() -> None:
    rows = [make_transcript() for _ in range(4)]
    client = api_client()
    link = client.get(f"{TRANSCRIPTS}?limit=2").json()["next"]
    for row in rows[:2]:
        transcript_delete(transcript=row)

    page = client.get(link).json()
    assert (page["results"], page["next"]) == ([], None)
    assert [item["id"] for item in client.get(page["previous"]).json()["results"]] == ids(rows[3], rows[2])


@pytest.mark.parametrize(
    ("query", "sentence"),
    [("order=oldest", "newest, relevance"), ("source=x", "upload, url")],
)
def test_what_is_none_of_the_choices_is_told_which_there_are(query: str, sentence: str) -> None:
    (error,) = api_client().get(f"{TRANSCRIPTS}?{query}").json()["errors"]

    assert error["code"] == "invalid_choice"
    assert sentence in error["detail"]


def test_the_order_that_is_taken_anyway_may_be_said_aloud_on_any_page() -> None:
    for _ in range(3):
        make_transcript()
    client = api_client()
    second = client.get(f"{TRANSCRIPTS}?limit=1").json()["next"]

    assert client.get(f"{second}&order=newest").status_code == 200
    aloud = client.get(f"{TRANSCRIPTS}?limit=1&order=newest").json()["next"]
    assert client.get(aloud.replace("&order=newest", "")).status_code == 200
