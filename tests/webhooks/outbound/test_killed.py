"""Workers that are killed, crash or come too late: what they had in hand is sent under the same id, or given up."""

from datetime import timedelta
from typing import Any

import pytest

from api_project.work.leases import CRASH_LIMIT
from api_project.work.steps import Cause
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.receiver import Received, Receiver
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
from webhooks.outbound import delivering
from webhooks.outbound.repairing import delivery_redeliver
from webhooks.outbound.signing import signed_headers
from webhooks.outbound.steps import give_up
from webhooks.outbound.taking import HELD_FOR, take_due

pytestmark = pytest.mark.django_db


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


def test_workers_that_are_killed_end_nothing_that_they_had_not_begun(
    third_party: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_endpoint(url=third_party.url)
    events = [happen() for _ in range(8)]
    with monkeypatch.context() as patch:
        # A process that dies hands nothing back.
        patch.setattr(delivering, "hand_back", lambda deliveries: None)
        for _ in range(CRASH_LIMIT):
            killed_while("post", monkeypatch)
            clock.jump(seconds=HELD_FOR.total_seconds() + 1)
    for _ in range(2):
        work()
        clock.jump(minutes=5)
    assert {state_of(delivery_of(event)) for event in events} == {("delivered", "")}
    sent = [(received.id, received.attempt) for received in third_party.got]
    assert len(sent) == len(set(sent)) == 8


def test_a_slot_that_crashes_over_and_over_gives_up_what_was_cut_off_each_time(
    third_party: Receiver, clock: Clock
) -> None:
    endpoint = make_endpoint(url=third_party.url)
    poison = happen()
    for _ in range(CRASH_LIMIT):
        take_due(endpoint.pk, limit=1, now=clock.now())
        clock.jump(seconds=HELD_FOR.total_seconds() + 1)
    harmless = happen()
    slot, lease = claim_slot()
    give_up(slot, lease, Cause.CRASHES, "It crashed.")
    assert state_of(delivery_of(poison)) == ("failed", "crashed")
    work()
    assert state_of(delivery_of(harmless)) == ("delivered", "")


@pytest.mark.parametrize("times", [0, 1, CRASH_LIMIT])
def test_a_slot_that_crashes_over_and_over_gives_up_nothing_that_is_not_at_fault(
    third_party: Receiver, clock: Clock, times: int
) -> None:
    endpoint = make_endpoint(url=third_party.url)
    event = happen()
    for _ in range(times):
        clock.jump(seconds=HELD_FOR.total_seconds() + 1)
        # With the last of these somebody has it in hand.
        take_due(endpoint.pk, limit=1, now=clock.now())
    slot, lease = claim_slot()
    give_up(slot, lease, Cause.CRASHES, "It crashed.")
    assert state_of(delivery_of(event)) == ("pending", "")
    look = next_look(endpoint)
    assert look and look - clock.now() > timedelta(minutes=4)
    clock.jump(minutes=20)
    work()
    assert state_of(delivery_of(event)) == (("delivered", "") if times < CRASH_LIMIT else ("failed", "crashed"))


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
