"""From an event to its receiver and to its final state, against a receiver that really answers."""

import time
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone
from standardwebhooks import Webhook

from api_project.http import post
from api_project.work.leases import CRASH_LIMIT
from api_project.work.runner import run_step
from api_project.work.steps import Cause
from tests.factories import make_transcript, make_user
from tests.provider_fixtures import step_named
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.receiver import OK, Received, Receiver, Says
from tests.webhooks.outbound.working import (
    Clock,
    attempts_of,
    claim_slot,
    delivery_of,
    happen,
    next_look,
    state_of,
    turn,
    work,
)
from transcripts.services import transcript_delete
from webhooks.models import Attempt, Delivery, DeliverySlot, Endpoint, Event
from webhooks.outbound import delivering
from webhooks.outbound.destinations import Named
from webhooks.outbound.endpoints import endpoint_create, endpoint_delete, endpoint_rotate_secret, endpoint_update
from webhooks.outbound.repairing import delivery_redeliver
from webhooks.outbound.signing import signed_headers
from webhooks.outbound.steps import give_up
from webhooks.outbound.taking import HELD_FOR, take_due

pytestmark = pytest.mark.django_db
FAILS = Says(500, body=b"no")
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
    settings.WEBHOOK_ALLOWED_NETWORKS = ()
    settings.WEBHOOK_PORTS = (third_party.server_address[1],)
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


def test_with_410_only_that_is_over_which_said_so(third_party: Receiver) -> None:
    for path in ("gone", "here"):
        happen(named=Named([], url=third_party.at(path)))
    third_party.answers.append(Says(410))
    work()
    states = {state_of(delivery) for delivery in Delivery.objects.all()}
    assert states == {("failed", "gone"), ("delivered", "")}
    assert Endpoint.objects.get().enabled


def test_after_410_an_endpoint_is_told_nothing_more(third_party: Receiver, clock: Clock) -> None:
    endpoint = make_endpoint(url=third_party.url)
    waiting = happen()
    third_party.answers.append(FAILS)
    work()
    events = [happen() for _ in range(5)]
    third_party.answers.append(Says(410))
    work()

    assert len(third_party.got) == 2
    assert state_of(delivery_of(events[0])) == ("failed", "gone")
    ended = {state_of(delivery_of(event)) for event in [*events[1:], waiting]}
    assert ended == {("failed", "endpoint_disabled")}
    endpoint.refresh_from_db()
    assert (endpoint.enabled, endpoint.disabled_reason) == (False, "gone")
    assert next_look(endpoint) is None


@pytest.mark.parametrize("how", ["disabled", "deleted"])
def test_what_waits_for_one_that_is_told_nothing_any_more_comes_to_its_end(third_party: Receiver, how: str) -> None:
    endpoint = make_endpoint(url=third_party.url)
    third_party.otherwise = FAILS
    events = [happen() for _ in range(3)]
    work()
    events.append(happen())
    if how == "disabled":
        endpoint_update(endpoint=endpoint, changes={"enabled": False})
    else:
        endpoint_delete(endpoint=endpoint)
    work()

    assert len(third_party.got) == 3
    assert {state_of(delivery_of(event)) for event in events} == {("failed", f"endpoint_{how}")}
    assert next_look(endpoint) is None


def test_one_that_is_enabled_again_in_time_loses_nothing(third_party: Receiver) -> None:
    endpoint = make_endpoint(url=third_party.url)
    event = happen()
    for enabled in (False, True):
        endpoint_update(endpoint=endpoint, changes={"enabled": enabled})
    work()
    assert state_of(delivery_of(event)) == ("delivered", "")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["disabled", "deleted", "erased"])
def test_what_ends_while_others_are_sent_is_not_sent(
    third_party: Receiver, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    # What is in hand is looked at again after each attempt, instead of after some.
    monkeypatch.setattr(delivering, "TOGETHER_SECONDS", 0.0)
    endpoint = make_endpoint(url=third_party.url, event_types=["transcript.completed"])
    transcript = make_transcript()
    first, second = happen(), happen(subject=transcript.pk)
    ending: dict[str, Any] = {
        "disabled": lambda received: endpoint_update(endpoint=endpoint, changes={"enabled": False}),
        "deleted": lambda received: endpoint_delete(endpoint=endpoint),
        "erased": lambda received: transcript_delete(transcript=transcript),
    }
    third_party.meanwhile = ending[how]
    work()
    assert [received.id for received in third_party.got] == [str(first.pk)]
    reason = "erased" if how == "erased" else f"endpoint_{how}"
    assert state_of(delivery_of(second)) == ("failed", reason)


def test_what_is_deleted_before_it_is_sent_is_sent_to_nobody(third_party: Receiver) -> None:
    make_endpoint(url=third_party.url, event_types=["ping"])
    make_endpoint(url=third_party.url, event_types=["transcript.completed"])
    transcript = make_transcript()
    event = happen(subject=transcript.pk)
    transcript_delete(transcript=transcript)
    work()
    assert third_party.got == []
    assert state_of(delivery_of(event)) == ("failed", "erased")


@pytest.mark.django_db(transaction=True)
def test_what_is_deleted_while_it_is_sent_leaves_no_answer(third_party: Receiver) -> None:
    make_endpoint(url=third_party.url, event_types=["transcript.completed"])
    transcript = make_transcript()
    event = happen(subject=transcript.pk)
    third_party.meanwhile = lambda received: transcript_delete(transcript=transcript)
    third_party.otherwise = Says(200, body=b"stored: something private")
    work()
    assert state_of(delivery_of(event)) == ("failed", "erased")
    assert list(Attempt.objects.values_list("status_code", "answer")) == [(200, "")]


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
    assert (state_of(delivery_of(event)), delivery_of(event).attempts) == (("pending", ""), 0)
    settings.ENCRYPTION_KEYS = keys
    work()
    assert state_of(delivery_of(event)) == ("delivered", "")


def test_with_fewer_slots_than_there_were_everything_is_sent(third_party: Receiver, settings: Any) -> None:
    endpoint = make_endpoint(url=third_party.url)
    for _ in range(45):
        happen()
    turn()
    assert DeliverySlot.objects.filter(endpoint=endpoint).count() > 1
    DeliverySlot.objects.filter(number__gt=0).update(next_attempt_at=timezone.now())
    settings.DELIVERIES_PER_ENDPOINT = 1
    for _ in range(5):
        happen()
    work()
    assert set(Delivery.objects.values_list("status", flat=True)) == {"delivered"}
    assert len(third_party.got) == 50


def test_a_turn_ends_after_a_while_and_nothing_taken_is_kept(
    third_party: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "TURN_SECONDS", 0.05)
    endpoint = make_endpoint(url=third_party.url)
    events = [happen() for _ in range(10)]
    third_party.meanwhile = lambda received: time.sleep(0.06)
    turn()
    assert len(third_party.got) == 1
    assert not Delivery.objects.exclude(held_by=None).exists()
    look = next_look(endpoint)
    assert look and look <= timezone.now()
    work()
    # In the order in which they happened, though some were taken and handed back.
    assert [received.id for received in third_party.got] == [str(event.pk) for event in events]
    assert {received.attempt for received in third_party.got} == {1}


def test_an_endpoint_that_answers_slowly_is_given_one_at_a_time(
    third_party: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "TURN_SECONDS", 0.0001)
    make_endpoint(url=third_party.url)
    for _ in range(3):
        happen()
    in_hand: list[int] = []

    def spy(*args: Any, **more: Any) -> Any:
        in_hand.append(Delivery.objects.exclude(held_by=None).count())
        return post(*args, **more)

    monkeypatch.setattr(delivering, "post", spy)
    DeliverySlot.objects.update(last_ms=150)
    turn()
    # It has become quick, which the first one shows.
    turn()
    assert in_hand == [1, 2]


class Killed(BaseException):
    """The process dies here."""


def killed_while(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a worker take a slot, and die as it calls the function of that name."""

    def die(*args: Any, **kwargs: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(delivering, name, die)
        with pytest.raises(Killed):
            turn()


@pytest.mark.parametrize(("name", "sent"), [("post", 0), ("record", 1)])
def test_what_a_killed_worker_had_in_hand_is_sent_under_the_same_id(
    third_party: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch, name: str, sent: int
) -> None:
    make_endpoint(url=third_party.url)
    event = happen()
    killed_while(name, monkeypatch)
    assert len(third_party.got) == sent
    clock.jump(seconds=HELD_FOR.total_seconds() + 1)
    work()

    assert third_party.attempts_of(event.pk) == ([1, 2] if sent else [2])
    assert attempts_of(delivery_of(event)) == [(2, 200, "")]
    assert state_of(delivery_of(event)) == ("delivered", "")


def test_what_kills_every_worker_is_given_up_and_the_others_go_on(
    third_party: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_endpoint(url=third_party.url)
    poison, harmless = happen(), happen()

    def crash(*, event_id: Any, **more: Any) -> dict[str, str]:
        if event_id == poison.pk:
            raise ZeroDivisionError
        return signed_headers(event_id=event_id, **more)

    monkeypatch.setattr(delivering, "signed_headers", crash)
    for _ in range(CRASH_LIMIT + 2):
        work()
        clock.jump(seconds=HELD_FOR.total_seconds() + 1)
    assert state_of(delivery_of(poison)) == ("failed", "crashed")
    assert state_of(delivery_of(harmless)) == ("delivered", "")
    ((_, status, reason),) = attempts_of(delivery_of(poison))
    assert (status, reason) == (None, "crashed")
    monkeypatch.setattr(delivering, "signed_headers", signed_headers)
    delivery_redeliver(delivery=delivery_of(poison))
    work()
    assert state_of(delivery_of(poison)) == ("delivered", "")


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


def test_a_slot_that_crashes_over_and_over_gives_up_what_is_next(third_party: Receiver) -> None:
    make_endpoint(url=third_party.url)
    first, second = happen(), happen()
    slot, lease = claim_slot()
    give_up(slot, lease, Cause.CRASHES, "It crashed.")
    assert state_of(delivery_of(first)) == ("failed", "crashed")
    work()
    assert state_of(delivery_of(second)) == ("delivered", "")


@pytest.mark.django_db(transaction=True)
def test_a_late_answer_counts_for_nothing_when_another_has_it_in_hand(third_party: Receiver, clock: Clock) -> None:
    endpoint = make_endpoint(url=third_party.url)
    event = happen()

    def somebody_else_takes_it(received: Received) -> None:
        third_party.meanwhile = lambda received: None
        take_due(endpoint.pk, limit=1, now=clock.now() + HELD_FOR + timedelta(seconds=1))

    third_party.meanwhile = somebody_else_takes_it
    turn()
    assert state_of(delivery_of(event)) == ("pending", "")
    assert [number for number, *_ in attempts_of(delivery_of(event))] == [1]
    clock.jump(minutes=3)
    work()
    assert third_party.attempts_of(event.pk) == [1, 3]
    assert state_of(delivery_of(event)) == ("delivered", "")


def test_no_time_is_spent_on_slots_of_endpoints_without_work(third_party: Receiver) -> None:
    for _ in range(3):
        make_endpoint(url=third_party.url, event_types=["ping"])
    happen()
    assert work() == 0
    assert Event.objects.count() == 1


@pytest.mark.parametrize("how", ["stopping", "lost"])
def test_whoever_is_stopped_or_loses_the_slot_records_what_was_sent_and_hands_back_the_rest(
    third_party: Receiver, how: str
) -> None:
    make_endpoint(url=third_party.url)
    events = [happen() for _ in range(4)]
    slot, lease = claim_slot()
    third_party.meanwhile = lambda received: getattr(lease, how).set()
    run_step(step_named("deliver"), slot, lease)

    assert [received.id for received in third_party.got] == [str(events[0].pk)]
    assert state_of(delivery_of(events[0])) == ("delivered", "")
    waiting = Delivery.objects.filter(status="pending")
    assert set(waiting.values_list("held_by", "attempts")) == {(None, 0)}
    slot.refresh_from_db()
    # One that was stopped gives the slot to others at once; one that lost it leaves it to who has it.
    assert (slot.lease_token is None) == (how == "stopping")
    assert slot.next_attempt_at and slot.next_attempt_at <= timezone.now()
