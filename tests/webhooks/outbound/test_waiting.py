"""What becomes of what waits for an endpoint when its owner changes it; no worker runs meanwhile."""

import threading
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from tests.factories import make_user
from tests.threads import in_thread
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.told import FAILED, attempt, make_event
from tests.webhooks.outbound.working import next_look, state_of, work
from webhooks.models import Delivery, DeliverySlot, Endpoint, Recovery
from webhooks.outbound import waiting
from webhooks.outbound.disabling import endpoint_disable
from webhooks.outbound.endpoints import (
    default_secret_rotate,
    endpoint_delete,
    endpoint_ping,
    endpoint_rotate_secret,
    endpoint_update,
)
from webhooks.outbound.repairing import recovery_start
from webhooks.outbound.taking import HELD_FOR, take_due

pytestmark = pytest.mark.django_db

OTHER_URL = "https://93.184.215.15/hooks"
IN_AN_HOUR = timedelta(hours=1)


def switch(endpoint: Endpoint, *enabled: bool) -> None:
    for each in enabled:
        endpoint_update(endpoint=endpoint, changes={"enabled": each})


def made(endpoint: Endpoint) -> Delivery:
    """Return a delivery to an endpoint that failed once and is to be tried again in an hour."""
    make_event()
    delivery = attempt(endpoint, FAILED)
    Delivery.objects.filter(pk=delivery.pk).update(next_attempt_at=timezone.now() + IN_AN_HOUR)
    DeliverySlot.objects.update(next_attempt_at=timezone.now() + IN_AN_HOUR)
    return delivery


def is_due(delivery: Delivery) -> bool:
    delivery.refresh_from_db()
    return delivery.next_attempt_at is not None and delivery.next_attempt_at <= timezone.now()


def test_what_was_ended_by_disabling_is_recovered_however_soon_it_is_enabled() -> None:
    endpoint = make_endpoint()
    delivery, begun = made(endpoint), timezone.now() - IN_AN_HOUR
    switch(endpoint, False, True)
    assert state_of(delivery) == ("failed", "endpoint_disabled")

    recovery_start(endpoint=endpoint, since=begun)
    work("recover")
    assert Recovery.objects.get().queued == 1
    assert state_of(delivery) == ("pending", "") and is_due(delivery)


def test_deleting_ends_what_waits_at_once() -> None:
    endpoint = make_endpoint()
    delivery = made(endpoint)
    endpoint_delete(endpoint=endpoint)

    assert state_of(delivery) == ("failed", "endpoint_deleted")


def test_what_is_in_hand_is_left_to_who_has_it() -> None:
    endpoint = make_endpoint()
    make_event()
    ((held,), _) = take_due(endpoint.pk, limit=1, now=timezone.now())
    switch(endpoint, False)
    assert state_of(held) == ("pending", "")

    work()
    assert state_of(held) == ("failed", "endpoint_disabled")


def test_what_was_in_hand_of_one_that_was_killed_is_ended() -> None:
    endpoint = make_endpoint()
    make_event()
    long_ago = timezone.now() - 2 * HELD_FOR
    Delivery.objects.update(next_attempt_at=long_ago)
    ((held,), _) = take_due(endpoint.pk, limit=1, now=long_ago)
    switch(endpoint, False)

    assert state_of(held) == ("failed", "endpoint_disabled")
    held.refresh_from_db()
    assert held.held_by is None


def test_more_than_a_request_ends_is_left_to_the_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "MOST_ENDED", 2)
    endpoint = make_endpoint()
    deliveries = [made(endpoint) for _ in range(3)]
    switch(endpoint, False)
    assert [state_of(row)[0] for row in deliveries] == ["failed", "failed", "pending"]

    assert work() == 1
    assert state_of(deliveries[2]) == ("failed", "endpoint_disabled")


def test_a_new_url_has_all_that_waits_tried_at_once_in_its_place_in_the_schedule() -> None:
    endpoint, other = make_endpoint(), make_endpoint("grace")
    delivery = made(endpoint)
    make_event("grace")
    theirs = Delivery.objects.exclude(pk=delivery.pk).get()
    Delivery.objects.filter(pk=theirs.pk).update(next_attempt_at=timezone.now() + IN_AN_HOUR)
    endpoint_update(endpoint=endpoint, changes={"url": OTHER_URL})

    assert is_due(delivery) and not is_due(theirs)
    assert (delivery.status, delivery.failures, delivery.reason) == ("pending", 1, "status")
    look = next_look(endpoint)
    assert look is not None and look <= timezone.now() and next_look(other) != look


def test_a_new_url_takes_nothing_out_of_hand() -> None:
    endpoint = make_endpoint()
    make_event()
    ((held,), _) = take_due(endpoint.pk, limit=1, now=timezone.now())
    endpoint_update(endpoint=endpoint, changes={"url": OTHER_URL})

    assert not is_due(held) and held.held_by


@pytest.mark.parametrize("changes", [{"url": "https://93.184.215.14/hooks"}, {"description": "x"}, {"enabled": True}])
def test_what_changes_no_url_brings_nothing_forward(changes: dict[str, object]) -> None:
    endpoint = make_endpoint()
    delivery = made(endpoint)
    endpoint_update(endpoint=endpoint, changes=changes)

    assert not is_due(delivery)


def test_a_new_url_and_disabling_together_end_what_waits() -> None:
    endpoint = make_endpoint()
    delivery = made(endpoint)
    endpoint_update(endpoint=endpoint, changes={"url": OTHER_URL, "enabled": False})

    assert state_of(delivery) == ("failed", "endpoint_disabled")


def test_enabling_what_is_enabled_is_no_new_beginning() -> None:
    since = timezone.now() - timedelta(days=4)
    endpoint = make_endpoint(failing_from=since)
    switch(endpoint, True)
    endpoint.refresh_from_db()
    assert endpoint.failing_from == since

    switch(endpoint, False, True)
    endpoint.refresh_from_db()
    assert endpoint.failing_from is None


def test_each_change_is_a_line_in_the_log_that_tells_no_url(caplog: pytest.LogCaptureFixture) -> None:
    endpoint = make_endpoint()
    caplog.clear()
    endpoint_update(endpoint=endpoint, changes={"url": OTHER_URL, "description": "tickets", "enabled": True})
    endpoint_update(endpoint=endpoint, changes={"url": OTHER_URL})
    endpoint_rotate_secret(endpoint=endpoint)
    default_secret_rotate(owner=make_user())
    endpoint_ping(endpoint=endpoint)
    recovery_start(endpoint=endpoint, since=timezone.now())

    assert [line.__dict__["action"] for line in caplog.records] == [
        "endpoint.changed",
        "endpoint.secret_rotated",
        "default_secret.rotated",
        "endpoint.pinged",
        "recovery.begun",
    ]
    assert caplog.messages[0] == f"Webhook endpoint {endpoint.pk} is changed: description, url."
    assert "93.184" not in caplog.text and "tickets" not in caplog.text and "whsec" not in caplog.text


def test_why_one_is_disabled_is_a_sentence_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    endpoint = make_endpoint()
    caplog.clear()
    with transaction.atomic():
        endpoint_disable(endpoint, Endpoint.DisabledReason.GONE, now=timezone.now())

    assert caplog.messages == [f"The endpoint {endpoint.pk} is disabled: It answered 410."]


@pytest.mark.django_db(transaction=True)
def test_taking_and_ending_at_once_leave_each_to_one_of_them() -> None:
    endpoint = make_endpoint()
    for _ in range(20):
        make_event()
    together = threading.Barrier(2)
    taken: list[Delivery] = []

    def take() -> None:
        together.wait()
        taken.extend(take_due(endpoint.pk, limit=10, now=timezone.now())[0])

    with in_thread(take):
        together.wait()
        switch(endpoint, False)

    pending = set(Delivery.objects.filter(status="pending").values_list("pk", flat=True))
    assert pending == {delivery.pk for delivery in taken} and len(pending) <= 10
