"""Sending again what an endpoint missed: in the background, the failed ones only, as often as it is cut off."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from api_project.work.runner import run_step
from tests.api import api_client, fields_at_fault, post_json
from tests.factories import claim_one
from tests.provider_fixtures import RunDue, step_named
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.told import DELIVERED, attempt, fail, make_event
from webhooks.models import Delivery, DeliverySlot, Endpoint, Event, Recovery
from webhooks.outbound import recovering
from webhooks.outbound.repairing import recovery_start

pytestmark = pytest.mark.django_db

LONG_AGO = datetime.fromisoformat("2026-01-01T00:00:00Z")


def recover_path(endpoint: Endpoint) -> str:
    return f"/api/v1/webhook-endpoints/{endpoint.pk}/recover/"


def make_missed(count: int) -> list[Delivery]:
    """Write events whose delivery to the first endpoint failed, and return those deliveries."""
    missed = [make_event().deliveries.order_by("pk")[0] for _ in range(count)]
    fail(*missed)
    return missed


def statuses(deliveries: list[Delivery]) -> list[str]:
    found = Delivery.objects.in_bulk([delivery.pk for delivery in deliveries])
    return [found[delivery.pk].status for delivery in deliveries]


def test_what_failed_since_then_is_due_again_and_nothing_else(run_due: RunDue) -> None:
    endpoint = make_endpoint()
    (early,) = make_missed(1)
    since = timezone.now()
    delivered = make_event().deliveries.get()
    attempt(endpoint, DELIVERED)
    other = make_endpoint()
    missed = make_missed(3)
    others = list(Delivery.objects.filter(endpoint=other))
    fail(*others)
    DeliverySlot.objects.update(next_attempt_at=None)

    recovery_start(endpoint=endpoint, since=since)
    recovery = run_due("recover")
    assert statuses(missed) == ["pending"] * 3
    assert statuses([early, delivered, *others]) == ["failed", "delivered", *["failed"] * 3]
    assert (recovery.queued, recovery.is_cut_off) == (3, False) and recovery.finished_at
    awake = DeliverySlot.objects.exclude(next_attempt_at=None).values_list("endpoint", flat=True)
    assert list(awake) == [endpoint.pk]
    again = Delivery.objects.get(pk=missed[0].pk)
    assert (again.failures, again.reason, again.ended_at) == (0, "", None)


def test_what_was_erased_is_left_out(run_due: RunDue) -> None:
    endpoint = make_endpoint()
    missed = make_missed(3)
    Event.objects.filter(pk=missed[1].event_id).update(erased_at=timezone.now())

    recovery_start(endpoint=endpoint, since=LONG_AGO)
    assert run_due("recover").queued == 2
    assert statuses(missed) == ["pending", "failed", "pending"]


def test_more_than_it_does_at_once_is_told_and_left_for_the_next_one(
    run_due: RunDue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovering, "MOST", 3)
    monkeypatch.setattr(recovering, "AT_A_TIME", 2)
    endpoint = make_endpoint()
    missed = make_missed(5)

    recovery_start(endpoint=endpoint, since=LONG_AGO)
    first = run_due("recover")
    assert (first.queued, first.is_cut_off) == (3, True)
    assert statuses(missed) == ["pending"] * 3 + ["failed"] * 2

    recovery_start(endpoint=endpoint, since=LONG_AGO)
    second = run_due("recover")
    assert (second.queued, second.is_cut_off) == (2, False)


def test_just_as_many_as_it_does_at_once_are_not_cut_off(run_due: RunDue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovering, "MOST", 3)
    endpoint = make_endpoint()
    make_missed(3)

    recovery_start(endpoint=endpoint, since=LONG_AGO)
    assert run_due("recover").is_cut_off is False


def test_one_that_is_cut_off_goes_on_where_it_was(run_due: RunDue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovering, "AT_A_TIME", 2)
    endpoint = make_endpoint()
    missed = make_missed(5)
    recovery_start(endpoint=endpoint, since=LONG_AGO)

    row, lease = claim_one(step_named("recover"))
    lease.stopping.set()
    run_step(step_named("recover"), row, lease)
    row.refresh_from_db()
    assert (row.queued, row.last_event, row.finished_at) == (2, missed[1].event_id, None)
    # One of them has been delivered and failed again since; it had its turn.
    fail(missed[0])

    assert run_due("recover").queued == 5
    assert statuses(missed) == ["failed", *["pending"] * 4]


def test_one_whose_worker_was_killed_goes_on_when_the_lease_has_run_out(run_due: RunDue) -> None:
    endpoint = make_endpoint()
    missed = make_missed(2)
    recovery_start(endpoint=endpoint, since=LONG_AGO)
    claim_one(step_named("recover"))

    recovery = run_due("recover", after=timedelta(seconds=61))
    assert (recovery.queued, statuses(missed)) == (2, ["pending"] * 2)


def test_whoever_lost_the_lease_changes_nothing() -> None:
    endpoint = make_endpoint()
    missed = make_missed(2)
    recovery_start(endpoint=endpoint, since=LONG_AGO)
    row, lease = claim_one(step_named("recover"))
    Recovery.objects.update(lease_token=None)

    run_step(step_named("recover"), row, lease)
    assert statuses(missed) == ["failed"] * 2


def test_it_ends_when_the_endpoint_is_disabled_meanwhile(run_due: RunDue) -> None:
    endpoint = make_endpoint()
    missed = make_missed(1)
    recovery_start(endpoint=endpoint, since=LONG_AGO)
    Endpoint.objects.update(enabled=False, disabled_reason="owner", disabled_at=timezone.now())

    recovery = run_due("recover")
    assert (recovery.queued, recovery.is_cut_off) == (0, True) and recovery.finished_at
    assert statuses(missed) == ["failed"]


def test_it_is_asked_for_over_rest_and_watched_in_the_record(run_due: RunDue) -> None:
    endpoint = make_endpoint()
    make_missed(2)
    client = api_client()

    response = post_json(client, {"since": "2026-11-20T17:00:00Z"}, recover_path(endpoint))
    body = response.json()
    assert (response.status_code, body["queued"], body["finished_at"]) == (202, 0, None)
    assert client.get(response["Location"]).json()["recovery"] == body

    run_due("recover")
    after = client.get(response["Location"]).json()["recovery"]
    assert (after["queued"], after["is_cut_off"]) == (2, False) and after["finished_at"]


def test_only_one_runs_at_a_time(run_due: RunDue) -> None:
    endpoint, client = make_endpoint(), api_client()
    since = {"since": "2026-11-20T17:00:00Z"}

    assert post_json(client, since, recover_path(endpoint)).status_code == 202
    refused = post_json(client, since, recover_path(endpoint))
    assert (refused.status_code, "one recovery" in refused.json()["detail"]) == (409, True)
    run_due("recover")
    assert post_json(client, since, recover_path(endpoint)).status_code == 202


def test_a_disabled_endpoint_is_enabled_first() -> None:
    endpoint = make_endpoint(enabled=False)

    refused = post_json(api_client(), {"since": "2026-11-20T17:00:00Z"}, recover_path(endpoint))
    assert (refused.status_code, "Enable it first" in refused.json()["detail"]) == (409, True)


def test_that_of_somebody_else_is_not_there() -> None:
    endpoint = make_endpoint("bob")

    assert post_json(api_client(), {"since": "2026-11-20T17:00:00Z"}, recover_path(endpoint)).status_code == 404
    assert not Recovery.objects.exists()


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({}, {"since": "required"}),
        ({"since": "2026-11-20"}, {"since": "invalid"}),
        ({"since": 7}, {"since": "invalid"}),
        ({"since": None}, {"since": "null"}),
        ({"since": "2999-01-01T00:00:00Z"}, {"since": "out_of_range"}),
        ({"since": "2026-11-20T17:00:00Z", "until": "2026-11-20T17:00:00Z"}, {"until": "unknown"}),
    ],
)
def test_what_it_does_not_know_is_refused_by_name(body: Any, fault: dict[str, str]) -> None:
    response = post_json(api_client(), body, recover_path(make_endpoint()))

    assert (response.status_code, fields_at_fault(response)) == (400, fault)


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-01:00"])
def test_a_time_that_is_none_in_utc_is_refused_in_plain_words(since: str) -> None:
    response = post_json(api_client(), {"since": since}, recover_path(make_endpoint()))
    assert fields_at_fault(response) == {"since": "overflow"}
    assert "in UTC it is before the year 1 or after" in response.json()["detail"]


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z"])
def test_from_long_ago_is_from_the_beginning(since: str, run_due: RunDue) -> None:
    endpoint = make_endpoint()
    make_missed(1)

    assert post_json(api_client(), {"since": since}, recover_path(endpoint)).status_code == 202
    assert run_due("recover").queued == 1
