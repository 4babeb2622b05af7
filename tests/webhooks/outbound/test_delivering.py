"""From an event to its receiver and to its final state, against a receiver that really answers."""

from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from cryptography.fernet import Fernet
from standardwebhooks import Webhook

from tests.factories import make_user
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.receiver import FAILS, OK, Receiver, Says
from tests.webhooks.outbound.working import (
    Clock,
    attempts_of,
    delivery_of,
    happen,
    next_look,
    state_of,
    work,
)
from webhooks.models import Attempt, Delivery
from webhooks.outbound.destinations import Named
from webhooks.outbound.endpoints import default_secret_rotate, endpoint_create, endpoint_rotate_secret
from webhooks.outbound.repairing import delivery_redeliver

pytestmark = pytest.mark.django_db
# The whole schedule with the longest jitter.
HOURS_TO_THE_END = 75.6 * 1.2


def fail_to_the_end(delivery: Delivery, clock: Clock) -> None:
    """Pass the time until it is tried no more."""
    work()
    while state_of(delivery)[0] == "pending":
        assert delivery.next_attempt_at is not None and delivery.reason == "status"
        assert next_look(delivery.endpoint) == delivery.next_attempt_at
        clock.passed += delivery.next_attempt_at - clock.now()
        work()


def test_it_is_sent_again_until_it_is_taken(third_party: Receiver, clock: Clock) -> None:
    endpoint = make_endpoint(url=third_party.url)
    third_party.answers.extend([FAILS, FAILS])
    event = happen()
    for minutes in (0, 1, 10):
        clock.jump(minutes=minutes)
        work()

    assert attempts_of(delivery_of(event)) == [(1, 500, "status"), (2, 500, "status"), (3, 200, "")]
    assert third_party.attempts_of(event.pk) == [1, 2, 3]
    # The same bytes, each time signed anew.
    assert len({received.body for received in third_party.got}) == 1
    stamps = [int(received.headers["webhook-timestamp"]) for received in third_party.got]
    assert stamps == sorted(set(stamps)) and stamps[-1] - stamps[0] >= 11 * 60
    assert len({received.headers["webhook-signature"] for received in third_party.got}) == 3
    assert state_of(delivery_of(event)) == ("delivered", "")
    assert next_look(endpoint) is None


def test_one_that_fails_for_three_days_is_tried_ten_times_and_given_up(third_party: Receiver, clock: Clock) -> None:
    endpoint = make_endpoint(url=third_party.url)
    third_party.otherwise = FAILS
    event = happen()
    delivery = delivery_of(event)
    began = clock.now()
    fail_to_the_end(delivery, clock)

    assert state_of(delivery) == ("failed", "status")
    assert (delivery.attempts, delivery.failures) == (10, 10)
    assert third_party.attempts_of(event.pk) == list(range(1, 11))
    assert delivery.ended_at is not None
    took = delivery.ended_at - began
    assert timedelta(hours=75.6) * 0.8 < took < timedelta(hours=HOURS_TO_THE_END)
    # Five days of it would be needed.
    endpoint.refresh_from_db()
    assert endpoint.enabled and endpoint.failing_from and endpoint.failing_from - began < timedelta(seconds=5)
    clock.jump(days=30)
    assert work() == 0


@pytest.mark.parametrize(
    ("says", "reason"),
    [(Says(302, {"Location": "/elsewhere"}), "redirect"), (Says(404), "status"), (Says(500), "status")],
    ids=["redirect", "404", "500"],
)
def test_what_is_not_taken_fails(third_party: Receiver, says: Says, reason: str) -> None:
    make_endpoint(url=third_party.url)
    third_party.answers.append(says)
    event = happen()
    work()

    assert [received.path for received in third_party.got] == ["/hooks"]
    assert attempts_of(delivery_of(event)) == [(1, says.status, reason)]
    assert state_of(delivery_of(event)) == ("pending", reason)


def test_nobody_there_is_a_failure_too(third_party: Receiver) -> None:
    make_endpoint(url="http://127.0.0.1:9/")
    event = happen()
    work()
    assert attempts_of(delivery_of(event)) == [(1, None, "connection_failed")]


def test_an_address_that_is_not_public_any_more_is_not_asked(third_party: Receiver, settings: Any) -> None:
    make_endpoint(url=third_party.url)
    settings.WEBHOOK_ALLOWED_NETWORKS = [ip_network("192.168.1.0/24")]
    event = happen()
    work()
    assert attempts_of(delivery_of(event)) == [(1, None, "refused_address")]
    assert third_party.got == []


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_may_ask_for_more_time(third_party: Receiver, clock: Clock, status: int) -> None:
    make_endpoint(url=third_party.url)
    third_party.answers.append(Says(status, {"Retry-After": "3600"}))
    event = happen()
    work()
    due = Delivery.objects.get().next_attempt_at
    assert due is not None and timedelta(minutes=59) < due - clock.now() <= timedelta(hours=1)
    clock.jump(minutes=61)
    work()
    assert third_party.attempts_of(event.pk) == [1, 2]


def test_the_beginning_of_an_answer_is_kept(third_party: Receiver) -> None:
    make_endpoint(url=third_party.url)
    third_party.answers.append(Says(500, body=b"\0" + "ä".encode() * 10_000))
    happen()
    work()
    attempt = Attempt.objects.get()
    assert attempt.answer == "ä" * 2047
    assert attempt.detail == "The answer was 500."
    assert attempt.duration_ms < 2000


def test_during_a_rotation_both_secrets_verify(third_party: Receiver) -> None:
    endpoint, old = endpoint_create(owner=make_user(), url=third_party.url)
    new = endpoint_rotate_secret(endpoint=endpoint)
    happen()
    work()
    (received,) = third_party.got
    for secret in (old, new):
        assert Webhook(secret).verify(received.body, dict(received.headers))


def test_what_cannot_be_signed_waits_for_the_operator(third_party: Receiver, settings: Any, clock: Clock) -> None:
    make_endpoint(url=third_party.url)
    event = happen()
    keys = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    for _ in range(40):
        assert work() <= 1
        clock.jump(hours=10)
    assert third_party.got == []
    assert (state_of(delivery_of(event)), delivery_of(event).attempts) == (("pending", "secret_unreadable"), 0)
    settings.ENCRYPTION_KEYS = keys
    work()
    assert state_of(delivery_of(event)) == ("delivered", "")


@pytest.mark.parametrize("is_named", [True, False], ids=["webhook_url", "endpoint"])
def test_with_another_secret_what_could_not_be_signed_is_sent_at_once(
    third_party: Receiver, settings: Any, is_named: bool
) -> None:
    endpoint = make_endpoint(url=third_party.url)
    default_secret_rotate(owner=endpoint.owner)
    event = happen(named=Named([], url=third_party.url)) if is_named else happen()
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    work()
    assert third_party.got == []
    if is_named:
        default_secret_rotate(owner=endpoint.owner)
    else:
        endpoint_rotate_secret(endpoint=endpoint)
    work()
    assert state_of(delivery_of(event)) == ("delivered", "")


def test_many_failures_are_no_crashes(third_party: Receiver, clock: Clock) -> None:
    make_endpoint(url=third_party.url)
    third_party.otherwise = FAILS
    event = happen()
    delivery = delivery_of(event)
    fail_to_the_end(delivery, clock)
    assert (delivery.status, delivery.reason, delivery.failures) == ("failed", "status", 10)
    third_party.otherwise = OK
    delivery_redeliver(delivery=delivery_of(event))
    work()
    assert state_of(delivery_of(event)) == ("delivered", "")
    assert third_party.attempts_of(event.pk) == list(range(1, 12))
