"""A receiver that is slow, hangs or has much to catch up on is in nobody's way but its own."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from api_project.work.leases import Lease, claim
from tests.factories import LEASE
from tests.provider_fixtures import step_named
from tests.threads import PATIENCE, in_thread
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.receiver import Received, Receiver, Says
from tests.webhooks.outbound.working import Clock, happen, turn, work
from webhooks.models import Delivery, DeliverySlot, Endpoint
from webhooks.outbound import delivering
from webhooks.outbound.destinations import Named
from webhooks.outbound.slots import due_deliver, due_deliver_slow
from webhooks.outbound.taking import HELD_FOR

pytestmark = pytest.mark.django_db


class Stopwatch:
    """Takes the place of `time` where attempts are measured, so that they last as long as a test says."""

    def __init__(self) -> None:
        self.passed = 0.0
        self._machines: Callable[[], float] = time.monotonic

    def stand_still(self) -> None:
        self._machines = lambda: 0.0

    def monotonic(self) -> float:
        return self._machines() + self.passed


@pytest.fixture
def stopwatch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stopwatch]:
    stopwatch = Stopwatch()
    monkeypatch.setattr(delivering, "time", stopwatch)
    yield stopwatch


def takes(third_party: Receiver, stopwatch: Stopwatch, **seconds_by_path: float) -> None:
    def pass_time(received: Received) -> None:
        stopwatch.passed += seconds_by_path.get(received.path.strip("/"), 0.0)

    third_party.meanwhile = pass_time


def hurry() -> None:
    """Have what failed tried again at once."""
    now = timezone.now()
    Delivery.objects.filter(status="pending").update(next_attempt_at=now)
    DeliverySlot.objects.filter(number=0).update(next_attempt_at=now)


def answer_together(third_party: Receiver, slots: int) -> None:
    """Answer the first requests when as many have come as may come at once."""
    together = threading.Event()

    def wait_for_others(received: Received) -> None:
        if third_party.at_once >= slots:
            together.set()
        assert together.wait(PATIENCE)

    third_party.meanwhile = wait_for_others


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("slots", [1, 3])
def test_no_more_attempts_are_made_at_once_than_an_endpoint_has_slots(
    third_party: Receiver, settings: Any, clock: Clock, stopwatch: Stopwatch, slots: int
) -> None:
    settings.DELIVERIES_PER_ENDPOINT = slots
    endpoint = make_endpoint(url=third_party.url)
    DeliverySlot.objects.bulk_create(DeliverySlot(endpoint=endpoint, number=number) for number in range(1, slots))
    # Each knows that it may call the next.
    DeliverySlot.objects.update(last_ms=5)
    events = [happen() for _ in range(60)]
    answer_together(third_party, slots)
    # However long they wait for each other: an endpoint that seems slow is given one at a time.
    stopwatch.stand_still()
    done = threading.Event()

    def act() -> None:
        while not done.is_set():
            if not turn():
                done.wait(0.005)

    with ExitStack() as workers:
        for _ in range(6):
            workers.enter_context(in_thread(act))
        until = time.monotonic() + PATIENCE
        while len(third_party.got) < len(events) and time.monotonic() < until:
            done.wait(0.01)
        done.set()

    # Each was sent once, by as many as were allowed.
    assert sorted(received.id for received in third_party.got) == sorted(str(event.pk) for event in events)
    assert third_party.most_at_once == slots
    assert DeliverySlot.objects.count() == slots
    # The first may look once more, when what others had in hand would have been due again.
    clock.jump(seconds=HELD_FOR.total_seconds() + 1)
    work()
    assert not DeliverySlot.objects.exclude(next_attempt_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_one_that_hangs_is_left_to_threads_of_its_own(third_party: Receiver, stopwatch: Stopwatch) -> None:
    make_endpoint(url=third_party.at("hangs"))
    make_endpoint(url=third_party.at("healthy"))
    takes(third_party, stopwatch, hangs=15.0)
    third_party.otherwise = Says(500)
    happen()
    work("deliver-unknown")
    hurry()
    happen()

    assert due_deliver(timezone.now()).get().endpoint.url.endswith("healthy")
    assert due_deliver_slow(timezone.now()).get().endpoint.url.endswith("hangs")
    third_party.got.clear()
    work("deliver")
    assert {received.path for received in third_party.got} == {"/healthy"}


@pytest.mark.django_db(transaction=True)
def test_of_one_that_hangs_a_backlog_is_tried_one_at_a_time(third_party: Receiver, stopwatch: Stopwatch) -> None:
    endpoint = make_endpoint(url=third_party.at("hangs"))
    takes(third_party, stopwatch, hangs=15.0)
    third_party.otherwise = Says(500)
    happen()
    turn()
    for _ in range(30):
        happen()
    third_party.got.clear()
    assert turn("deliver-slow")
    assert len(third_party.got) == 1
    assert Delivery.objects.exclude(held_by=None).count() == 0
    assert list(DeliverySlot.objects.filter(endpoint=endpoint).values_list("number", flat=True)) == [0]
    assert not turn("deliver")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("was_known", [True, False])
def test_one_that_begins_to_hang_soon_has_one_thread_and_no_more(
    third_party: Receiver, stopwatch: Stopwatch, was_known: bool
) -> None:
    make_endpoint(url=third_party.at("hangs"))
    if was_known:
        happen()
        turn()
    takes(third_party, stopwatch, hangs=15.0)
    for _ in range(120):
        happen()
    while turn():
        """Each slot finds out for itself."""
    slots = DeliverySlot.objects.order_by("number")
    # Who does not know how quick it is calls nobody.
    assert slots.count() == (2 if was_known else 1)
    assert [slot.number for slot in slots if slot.next_attempt_at] == [0]
    assert not turn("deliver") and turn("deliver-slow")


@pytest.mark.django_db(transaction=True)
def test_one_that_has_become_quick_is_served_by_the_quick_again(third_party: Receiver, stopwatch: Stopwatch) -> None:
    make_endpoint(url=third_party.url)
    DeliverySlot.objects.update(last_ms=15_000)
    # One quick answer is no proof: it may hang every other time.
    for turns in range(8):
        assert DeliverySlot.objects.get(number=0).last_ms >= 2000, turns
        happen()
        assert turn("deliver-slow")
    assert 0 < DeliverySlot.objects.get(number=0).last_ms < 2000
    happen()
    assert turn("deliver")
    assert set(Delivery.objects.values_list("status", flat=True)) == {"delivered"}


@pytest.mark.django_db(transaction=True)
def test_one_that_hangs_every_other_time_stays_with_the_slow(third_party: Receiver, stopwatch: Stopwatch) -> None:
    make_endpoint(url=third_party.at("moody"))
    for number in range(6):
        takes(third_party, stopwatch, moody=0.0 if number % 2 else 15.0)
        happen()
        assert not turn("deliver")
        assert turn("deliver-slow" if number else "deliver-unknown")


def in_hand(name: str, **more: Any) -> list[tuple[DeliverySlot, Lease]]:
    """Claim as many as a worker process has in hand at once."""
    step = step_named(name)
    return claim(step, limit=step.threads + step.ahead, now=timezone.now(), lease_for=LEASE, **more)


@pytest.mark.parametrize(("name", "last_ms"), [("deliver-unknown", 0), ("deliver-slow", 15_000)])
def test_many_that_hang_of_one_user_leave_threads_to_others(name: str, last_ms: int) -> None:
    for number in range(24):
        happen(named=Named([], url=f"https://host{number}.example.com/"))
    others = make_endpoint("grace")
    happen(user="grace")
    DeliverySlot.objects.update(last_ms=last_ms)
    claimed = in_hand(name)
    # All of ada's have waited longer.
    assert [slot.endpoint.owner.username for slot, _ in claimed] == ["ada", "ada", "grace"]
    assert claimed[-1][0].endpoint == others
    assert len({slot.endpoint_id for slot, _ in claimed}) == 3
    ada, grace = claimed[0][1].share, claimed[-1][1].share
    assert not in_hand(name, in_hand={ada: 2, grace: 1})
    assert len(in_hand(name, in_hand={ada: 1})) == 1


def test_a_backlog_of_one_keeps_nobody_waiting(third_party: Receiver, stopwatch: Stopwatch, settings: Any) -> None:
    settings.DELIVERIES_PER_ENDPOINT = 2
    busy = make_endpoint(url=third_party.at("busy"))
    # Each attempt takes a turn.
    takes(third_party, stopwatch, busy=1.1)
    for _ in range(12):
        happen()
    Delivery.objects.update(next_attempt_at=timezone.now() - timedelta(hours=1))
    for _ in range(2):
        turn()
    other = make_endpoint("grace", url=third_party.at("other"))
    happen(user="grace")
    for _ in range(3):
        turn()
    assert [received.path for received in third_party.got].count("/other") == 1
    assert Delivery.objects.get(endpoint=other).status == "delivered"
    work()
    assert not Delivery.objects.filter(endpoint=busy).exclude(status="delivered").exists()


def test_many_with_a_backlog_are_served_in_turn(third_party: Receiver, stopwatch: Stopwatch, settings: Any) -> None:
    settings.DELIVERIES_PER_ENDPOINT = 1
    names = [str(number) for number in range(4)]
    for name in names:
        make_endpoint(url=third_party.at(name))
    takes(third_party, stopwatch, **dict.fromkeys(names, 1.1))
    for _ in range(3):
        happen()
    for round_ in range(1, 4):
        for _ in names:
            turn()
        paths = [received.path.strip("/") for received in third_party.got]
        assert {name: paths.count(name) for name in names} == dict.fromkeys(names, round_)
    assert Endpoint.objects.count() == 4
