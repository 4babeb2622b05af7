"""Deliveries over REST: what was not delivered, why, and having it sent again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.api import TRANSCRIPTS, api_client, fields_at_fault
from tests.assemblyai_fake import FakeAssemblyAI
from tests.provider_fixtures import RunDue
from tests.transcripts.ending import make_completed
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.told import DELIVERED, FAILED, attempt, fail, make_event, make_failed
from webhooks.models import Delivery, Endpoint
from webhooks.outbound import lists
from webhooks.outbound.event_types import PING
from webhooks.outbound.taking import take_due

pytestmark = pytest.mark.django_db

DELIVERIES = "/api/v1/deliveries/"


def listed(query: str = "", client: Client | None = None) -> list[str]:
    response = (client or api_client()).get(f"{DELIVERIES}?{query}")
    assert response.status_code == 200, response.content
    return [delivery["id"] for delivery in response.json()["results"]]


def made(user: str = "ada", **more: Any) -> Delivery:
    return make_event(user, **more).deliveries.order_by("pk")[0]


def as_ids(*deliveries: Delivery) -> list[str]:
    return [str(delivery.pk) for delivery in deliveries]


@pytest.fixture
def three() -> tuple[Delivery, Delivery, Delivery]:
    """One that is delivered, one that has failed, and one that is pending after a failure, in this order."""
    endpoint = make_endpoint()
    first, second, third = made(), made(kind=PING), made()
    attempt(endpoint, DELIVERED)
    fail(second)
    attempt(endpoint, FAILED)
    return first, second, third


def test_they_are_listed_newest_first(three: tuple[Delivery, ...]) -> None:
    client = api_client()
    assert listed(client=client) == as_ids(*three[::-1])

    first = client.get(f"{DELIVERIES}?limit=2").json()
    second = client.get(first["next"]).json()
    assert [row["id"] for row in second["results"]] == as_ids(three[0])


def test_status_tells_what_was_not_delivered(three: tuple[Delivery, ...]) -> None:
    delivered, failed, pending = three

    assert listed("status=delivered") == as_ids(delivered)
    assert listed("status=failed") == as_ids(failed)
    assert listed("status=pending,failed") == as_ids(pending, failed)
    assert listed("status=pending,failed,delivered") == as_ids(pending, failed, delivered)


def test_several_statuses_make_pages_like_one(three: tuple[Delivery, ...]) -> None:
    client = api_client()
    first = client.get(f"{DELIVERIES}?status=pending,failed&limit=1").json()
    second = client.get(first["next"]).json()

    assert [first["results"][0]["id"], second["results"][0]["id"]] == as_ids(three[2], three[1])
    assert second["next"] is None
    assert client.get(second["previous"]).json()["results"] == first["results"]


def test_all_other_filters_narrow_too(three: tuple[Delivery, ...]) -> None:
    delivered, failed, pending = three
    other = make_endpoint()
    alone = made(subject=uuid4())

    assert listed("reason=status") == as_ids(pending)
    assert listed("reason=connection_failed,status") == as_ids(pending, failed)
    assert listed("event_type=ping") == as_ids(failed)
    assert listed(f"event={alone.event_id}&endpoint={alone.endpoint_id}") == as_ids(alone)
    assert len(listed(f"event={alone.event_id}")) == 2
    assert listed(f"event={failed.event_id}&status=pending") == []
    assert len(listed(f"endpoint={other.pk}")) == 1
    assert listed(f"endpoint={failed.endpoint_id}&status=failed,delivered") == as_ids(failed, delivered)
    assert listed(f"endpoint={failed.endpoint_id}&reason=status") == as_ids(pending)


def test_times_narrow_to_the_microsecond(three: tuple[Delivery, ...]) -> None:
    at = three[1].created_at
    stamp, later = (moment.isoformat().replace("+00:00", "Z") for moment in (at, at + timedelta(microseconds=1)))

    assert listed(f"created_after={stamp}") == as_ids(three[2], three[1])
    assert listed(f"created_after={later}") == as_ids(three[2])
    assert listed(f"created_before={stamp}&status=delivered") == as_ids(three[0])


def test_a_frequent_type_is_found_in_the_other_way(
    three: tuple[Delivery, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "FEW_EVENTS", 0)

    assert listed("event_type=ping") == as_ids(three[1])


def test_those_of_others_are_not_there(three: tuple[Delivery, ...]) -> None:
    make_endpoint("bob")
    theirs = make_failed("bob")
    client = api_client()

    assert listed(f"endpoint={theirs.endpoint_id}") == listed(f"event={theirs.event_id}") == []
    assert str(theirs.pk) not in listed() + listed("status=failed")
    assert client.get(f"{DELIVERIES}{theirs.pk}/").status_code == 404
    assert client.post(f"{DELIVERIES}{theirs.pk}/redeliver/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.status == "failed"


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("status=lost", {"status": "invalid_choice"}),
        ("status=", {"status": "invalid_choice"}),
        ("reason=timeout,", {"reason": "invalid_choice"}),
        ("endpoint=7", {"endpoint": "invalid"}),
        ("event=7&event_type=*", {"event": "invalid", "event_type": "invalid_choice"}),
        ("created_after=2026-11-22", {"created_after": "invalid"}),
        ("type=ping", {"type": "unknown"}),
    ],
)
def test_what_it_does_not_know_is_refused_by_name(query: str, fault: dict[str, str]) -> None:
    response = api_client().get(f"{DELIVERIES}?{query}")

    assert (response.status_code, fields_at_fault(response)) == (400, fault)


def test_one_shows_its_attempts_the_latest_first() -> None:
    endpoint = make_endpoint()
    delivery = made()
    attempt(endpoint, FAILED)
    attempt(endpoint, DELIVERED, now=timezone.now() + timedelta(hours=1))

    body = api_client().get(f"{DELIVERIES}{delivery.pk}/").json()
    assert (body["status"], body["reason"], body["attempt_count"]) == ("delivered", None, 2)
    assert (body["next_attempt_at"], body["event_type"]) == (None, "transcript.completed")
    second, first = body["attempts"]
    assert (first["number"], first["status_code"], first["reason"]) == (1, 500, "status")
    assert (first["detail"], first["answer"], first["duration_ms"]) == ("The answer was 500.", "Oops", 12)
    assert (second["number"], second["reason"], second["detail"]) == (2, None, None)


def test_one_to_a_webhook_url_names_that_and_no_endpoint() -> None:
    make_endpoint()
    delivery = made()
    Endpoint.objects.update(kind=Endpoint.Kind.ORIGIN)
    Delivery.objects.update(url="https://93.184.215.14/mine?key=1")

    body = api_client().get(f"{DELIVERIES}{delivery.pk}/").json()
    assert (body["endpoint"], body["webhook_url"]) == (None, "https://93.184.215.14/mine?key=1")


def test_redelivering_answers_where_to_watch_it() -> None:
    make_endpoint()
    delivery = make_failed()
    client = api_client()

    response = client.post(f"{DELIVERIES}{delivery.pk}/redeliver/")
    assert response.status_code == 202
    assert response.json() == client.get(response["Location"]).json()
    assert (response.json()["status"], response.json()["reason"]) == ("pending", None)


def test_a_key_that_may_only_read_redelivers_nothing() -> None:
    make_endpoint()
    delivery = make_failed()

    assert api_client(scope="read").post(f"{DELIVERIES}{delivery.pk}/redeliver/").status_code == 403
    assert listed("status=failed") == as_ids(delivery)


def test_to_a_disabled_endpoint_nothing_is_redelivered() -> None:
    make_endpoint()
    delivery = make_failed()
    client = api_client()
    client.patch(
        f"/api/v1/webhook-endpoints/{delivery.endpoint_id}/", {"enabled": False}, content_type="application/json"
    )

    response = client.post(f"{DELIVERIES}{delivery.pk}/redeliver/")
    assert (response.status_code, response.json()["detail"]) == (409, "The endpoint is disabled; enable it first.")


def test_what_is_being_tried_is_not_redelivered() -> None:
    endpoint = make_endpoint()
    make_event()
    ((held,), _) = take_due(endpoint.pk, limit=1, now=timezone.now())

    response = api_client().post(f"{DELIVERIES}{held.pk}/redeliver/")
    assert (response.status_code, response["Retry-After"]) == (409, "15")
    assert response.json()["detail"].startswith("It is being tried at this moment.")


def test_deleting_a_transcript_leaves_nothing_of_it(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    endpoint = make_endpoint(payload="full", url="https://93.184.215.14/hooks")
    transcript = make_completed(assemblyai_fake, run_due, "The secret word is mellon.")
    told = attempt(endpoint, replace(FAILED, answer="I heard mellon"))
    client = api_client()
    seen = client.get(f"{DELIVERIES}{told.pk}/").content.decode()
    assert "mellon" in seen

    assert client.delete(f"{TRANSCRIPTS}{transcript.pk}/").status_code == 204
    after = client.get(f"{DELIVERIES}{told.pk}/").json()
    assert (after["status"], after["reason"]) == ("failed", "erased")
    assert [tried["answer"] for tried in after["attempts"]] == [""]
    everything = [
        client.get(path).content.decode() for path in (DELIVERIES, "/api/v1/events/", "/api/v1/events/?after=0")
    ]
    everything.append(client.get(f"/api/v1/events/{told.event_id}/").content.decode())
    assert "mellon" not in "".join(everything)
    response = client.post(f"{DELIVERIES}{told.pk}/redeliver/")
    assert (response.status_code, "was deleted" in response.json()["detail"]) == (409, True)


def test_a_page_asks_the_database_as_often_as_a_row_does(django_assert_max_num_queries: Any) -> None:
    make_endpoint()
    for _ in range(10):
        made()
    client = api_client()
    client.get(DELIVERIES)

    # The key with its user, and the page.
    with django_assert_max_num_queries(2):
        assert len(listed(client=client)) == 10
    with django_assert_max_num_queries(2):
        assert len(listed("status=pending,failed", client=client)) == 10


PLANS = {
    "": "webhooks_delivery_by_owner",
    "status=pending,failed": "webhooks_delivery_undelivered",
    "reason=timeout": "webhooks_delivery_undelivered",
    "endpoint=E": "webhooks_delivery_by_endpoint",
    "endpoint=E&status=pending,failed": "webhooks_delivery_by_endpoint",
}


@pytest.mark.parametrize("query", PLANS)
def test_each_filter_is_read_from_its_index_in_its_order(query: str) -> None:
    endpoint = make_endpoint()
    made()
    client = api_client()

    plan = plan_of(lambda: listed(query.replace("=E", f"={endpoint.pk}"), client=client))
    assert PLANS[query] in plan
    # What is sorted is no more than a page of each part.
    assert plan.count("TEMP B-TREE") == plan.count("SCAN part")


def plan_of(ask: Callable[[], Any]) -> str:
    """Return how the database reads the deliveries that are asked for."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if 'FROM "webhooks_delivery"' in sql:
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        ask()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Few rows are otherwise read in whatever way.
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        (sql, params), explain = asked[-1], "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        cursor.execute(f"{explain} {sql}", params)
        return "\n".join(str(row) for row in cursor.fetchall())
