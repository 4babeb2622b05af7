"""The feed of events: each once, in the order of commits, under the ids that are pushed."""

import json
import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.api import TRANSCRIPTS, api_client, fields_at_fault
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import make_user
from tests.provider_fixtures import RunDue
from tests.transcripts.ending import make_completed
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.told import fail, make_event
from transcripts.models import Transcript
from webhooks.models import EventPayload
from webhooks.outbound.event_types import PING, TRANSCRIPT_ERROR

pytestmark = pytest.mark.django_db

EVENTS = "/api/v1/events/"


def page(client: Client, query: str = "") -> Any:
    response = client.get(query if query.startswith("http") else f"{EVENTS}?{query}")
    assert response.status_code == 200, response.content
    return response.json()


def ids(body: Any) -> list[str]:
    return [event["id"] for event in body["results"]]


def test_without_after_the_newest_come_first() -> None:
    made = [str(make_event().pk) for _ in range(5)]
    client = api_client()

    first = page(client, "limit=2")
    second = page(client, first["next"])
    assert [*ids(first), *ids(second)] == made[:0:-1]
    assert ids(page(client, second["previous"])) == ids(first)


def test_after_nothing_all_come_oldest_first_and_next_leads_on_for_ever() -> None:
    made = [str(make_event().pk) for _ in range(5)]
    client = api_client()

    seen: list[str] = []
    body = page(client, "after=&limit=2")
    while body["results"]:
        seen += ids(body)
        body = page(client, body["next"])
    assert seen == made
    assert page(client, body["next"])["next"] == body["next"]
    assert body["previous"] is None

    later = make_event()
    assert ids(page(client, body["next"])) == [str(later.pk)]


def test_after_the_newest_only_what_is_new_comes() -> None:
    make_event()
    client = api_client()
    (newest,) = page(client, "limit=1")["results"]

    new = make_event()
    assert ids(page(client, f"after={newest['cursor']}")) == [str(new.pk)]


def test_an_event_is_what_is_pushed_at_level_summary() -> None:
    event = make_event(word="hello", number=0.94)
    (told,) = page(api_client())["results"]

    pushed = json.loads(EventPayload.objects.get(event=event, level="summary").body)
    assert {name: told[name] for name in pushed} == pushed
    assert (told["subject"], told["cursor"], told["erased"]) == (str(event.subject), "1", False)


def test_events_of_others_are_not_there() -> None:
    theirs = make_event("bob")
    client = api_client("ada")

    assert page(client)["results"] == page(client, "after=0")["results"] == []
    assert page(client, f"subject={theirs.subject}")["results"] == []
    assert client.get(f"{EVENTS}{theirs.pk}/").status_code == 404
    assert Client().get(EVENTS).status_code == 401


def test_both_ways_may_be_narrowed_by_type_and_subject() -> None:
    failed, ping = make_event(kind=TRANSCRIPT_ERROR), make_event(kind=PING)
    make_event()
    client = api_client()

    assert ids(page(client, "type=ping")) == ids(page(client, "type=ping&after=0")) == [str(ping.pk)]
    subject = f"subject={failed.subject}"
    assert ids(page(client, subject)) == ids(page(client, f"{subject}&after=")) == [str(failed.pk)]
    assert page(client, f"{subject}&type=ping")["results"] == []


def test_where_a_filter_leaves_all_out_next_leads_behind_them() -> None:
    for _ in range(3):
        make_event()
    client = api_client()

    body = page(client, "type=ping&after=0")
    assert body["results"] == []
    assert "after=3" in body["next"] and "type=ping" in body["next"]


def test_a_page_that_is_full_skips_nothing_of_its_type() -> None:
    pings = [str(make_event(kind=kind).pk) for kind in (PING, TRANSCRIPT_ERROR, PING, PING)]
    client = api_client()

    first = page(client, "type=ping&after=0&limit=2")
    assert [*ids(first), *ids(page(client, first["next"]))] == [pings[0], *pings[2:]]


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("after=2", {"after": "unknown"}),
        ("after=-1", {"after": "invalid"}),
        ("after=01", {"after": "invalid"}),
        ("after=%D9%A1", {"after": "invalid"}),
        ("after=9223372036854775808", {"after": "invalid"}),
        ("after=" + "9" * 5000, {"after": "invalid"}),
        ("after=0&after=1", {"after": "repeated"}),
        ("after=0&cursor=cD0x", {"cursor": "conflict"}),
        ("after=0&limit=0", {"limit": "invalid"}),
        ("cursor=x", {"cursor": "invalid"}),
        ("type=transcript.*", {"type": "invalid_choice"}),
        ("subject=x", {"subject": "invalid"}),
        ("order=newest", {"order": "unknown"}),
    ],
)
def test_what_it_does_not_know_is_refused_by_name(query: str, fault: dict[str, str]) -> None:
    make_event()
    response = api_client().get(f"{EVENTS}?{query}")

    assert (response.status_code, fields_at_fault(response)) == (400, fault)


def test_a_made_up_cursor_harms_nothing() -> None:
    make_event()
    first = page(api_client(), "limit=1")
    assert first["next"] is None
    # Behind a position as large as any id.
    assert len(page(api_client(), "cursor=cD1mZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZg")["results"]) == 1


def test_one_event_tells_to_whom_it_is_told() -> None:
    endpoint, _ = make_endpoint(), make_endpoint("bob")
    event = make_event()
    fail(event.deliveries.get())

    body = api_client().get(f"{EVENTS}{event.pk}/").json()
    (delivery,) = body.pop("deliveries")
    assert body == page(api_client())["results"][0]
    assert (delivery["endpoint"], delivery["status"]) == (str(endpoint.pk), "failed")
    assert (delivery["reason"], delivery["webhook_url"]) == ("connection_failed", None)


def test_what_was_erased_is_told_no_more_and_keeps_its_place(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    transcript = make_completed(assemblyai_fake, run_due)
    Transcript.objects.filter(pk=transcript.pk).update(title="hello")
    make_event(subject=transcript.pk, word="hello")
    client = api_client()
    client.delete(f"{TRANSCRIPTS}{transcript.pk}/")

    *erased, farewell = page(client, "after=0")["results"]
    assert [(event["data"], event["erased"], event["cursor"]) for event in erased] == [
        (None, True, "1"),
        (None, True, "2"),
    ]
    assert (farewell["type"], farewell["data"], farewell["erased"]) == (
        "transcript.deleted",
        {"id": str(transcript.pk)},
        False,
    )
    assert "hello" not in client.get(EVENTS).content.decode()


def test_a_page_asks_the_database_as_often_as_an_event_does(django_assert_max_num_queries: Any) -> None:
    for _ in range(10):
        make_event()
    client = api_client()
    client.get(EVENTS)

    # The key with its user, the last position, the page.
    with django_assert_max_num_queries(3):
        assert len(page(client, "after=0")["results"]) == 10


@pytest.mark.django_db(transaction=True)
def test_a_reader_sees_each_event_of_writers_at_once_one_time() -> None:
    make_user()
    writers = [threading.Thread(target=_write, args=(15,)) for _ in range(4)]
    client = api_client(raise_request_exception=True)
    seen: list[str] = []
    link = "after=0&limit=7"
    for writer in writers:
        writer.start()
    is_over = False
    while not is_over:
        # In this order: what is written last is committed before its writer ends.
        was_over = not any(writer.is_alive() for writer in writers)
        body = page(client, link)
        seen, link = seen + ids(body), body["next"]
        is_over = was_over and not body["results"]
    for writer in writers:
        writer.join()

    assert len(seen) == len(set(seen)) == 60


def _write(count: int) -> None:
    try:
        for _ in range(count):
            make_event()
    finally:
        connection.close()
