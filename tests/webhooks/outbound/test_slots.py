import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from api_project.work.exceptions import LeaseLost
from api_project.work.leases import Lease
from tests.threads import in_thread, wait_until_ended_or_blocked
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.receiver import Receiver, Says
from tests.webhooks.outbound.working import claim_slot, happen, next_look, turn
from webhooks.models import Delivery, DeliverySlot, Endpoint
from webhooks.outbound import delivering
from webhooks.outbound.slots import (
    due_deliver,
    due_deliver_slow,
    due_deliver_unknown,
    slot_finish,
    slot_wake_next,
    slots_wake,
)
from webhooks.outbound.taking import take_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def endpoint() -> Endpoint:
    return make_endpoint()


def finish(slot: DeliverySlot, lease: Lease, **changes: Any) -> None:
    slot_finish(slot, lease, now=timezone.now(), **changes)


def make_slot(endpoint: Endpoint, number: int) -> DeliverySlot:
    """Make a further slot that is due now."""
    return DeliverySlot.objects.create(endpoint=endpoint, number=number, next_attempt_at=timezone.now())


def claim_second(endpoint: Endpoint) -> tuple[DeliverySlot, Lease]:
    DeliverySlot.objects.filter(endpoint=endpoint, number=0).update(next_attempt_at=None)
    make_slot(endpoint, 1)
    return claim_slot()


def test_an_event_wakes_the_first_slot(endpoint: Endpoint) -> None:
    assert next_look(endpoint) is None
    happen()
    assert next_look(endpoint) == Delivery.objects.get().next_attempt_at


def test_a_slot_that_looks_later_is_woken_and_one_that_waits_its_turn_keeps_it(endpoint: Endpoint) -> None:
    now = timezone.now()
    earlier = now - timedelta(minutes=1)
    for waits, then in [(now + timedelta(hours=1), now), (earlier, earlier)]:
        DeliverySlot.objects.update(next_attempt_at=waits)
        with transaction.atomic():
            slots_wake([endpoint.pk], now=now)
        assert next_look(endpoint) == then


@pytest.mark.django_db(transaction=True)
def test_a_slot_is_not_woken_apart_from_what_it_is_to_do() -> None:
    with pytest.raises(RuntimeError, match="in the transaction"):
        slots_wake([make_endpoint().pk], now=timezone.now())


def test_how_long_attempts_take_decides_which_threads_serve_it(endpoint: Endpoint) -> None:
    happen()
    lanes = (due_deliver_unknown, due_deliver, due_deliver_slow)
    for last_ms, served_by in [(0, 0), (1, 1), (1999, 1), (2000, 2), (15_000, 2)]:
        DeliverySlot.objects.update(last_ms=last_ms)
        found = [due(timezone.now()).count() for due in lanes]
        assert found == [int(number == served_by) for number in range(3)]


def test_one_beyond_the_number_is_not_served(endpoint: Endpoint, settings: Any) -> None:
    make_slot(endpoint, 1)
    DeliverySlot.objects.update(last_ms=1)
    assert [slot.number for slot in due_deliver(timezone.now())] == [1]
    settings.DELIVERIES_PER_ENDPOINT = 1
    assert not due_deliver(timezone.now()).exists()


def test_the_next_slot_is_made_woken_and_left_alone(endpoint: Endpoint, settings: Any) -> None:
    settings.DELIVERIES_PER_ENDPOINT = 2
    first = DeliverySlot.objects.get()
    now = timezone.now()
    for at, then in [(now, now), (now + timedelta(seconds=1), now)]:
        slot_wake_next(first, last_ms=7, now=at)
        assert next_look(endpoint, 1) == then
    # It is as quick as who made it, until it finds out for itself.
    assert DeliverySlot.objects.get(number=1).last_ms == 7
    DeliverySlot.objects.filter(number=1).update(next_attempt_at=None)
    slot_wake_next(first, last_ms=7, now=now)
    assert next_look(endpoint, 1) == now
    slot_wake_next(DeliverySlot.objects.get(number=1), last_ms=7, now=now)
    assert DeliverySlot.objects.count() == 2


def test_it_looks_again_when_the_next_delivery_is_due(endpoint: Endpoint) -> None:
    happen()
    later = timezone.now() + timedelta(hours=2)
    Delivery.objects.update(next_attempt_at=later)
    finish(*claim_slot())
    assert next_look(endpoint) == later


def test_it_looks_no_more_when_nothing_waits(endpoint: Endpoint) -> None:
    happen()
    Delivery.objects.update(status="delivered", next_attempt_at=None, ended_at=timezone.now())
    finish(*claim_slot(), last_ms=70)
    slot = DeliverySlot.objects.get()
    assert (slot.next_attempt_at, slot.lease_token, slot.last_ms) == (None, None, 70)


def test_with_a_backlog_it_goes_to_the_end_of_the_line(endpoint: Endpoint) -> None:
    happen()
    Delivery.objects.update(next_attempt_at=timezone.now() - timedelta(hours=1))
    DeliverySlot.objects.update(next_attempt_at=timezone.now() - timedelta(hours=1))
    slot, lease = claim_slot()
    other = make_endpoint("grace")
    happen(user="grace")
    finish(slot, lease)
    assert claim_slot()[0].endpoint == other
    assert claim_slot()[0].endpoint == endpoint


def test_only_the_first_slot_waits_for_what_is_due_later(endpoint: Endpoint) -> None:
    happen()
    later = timezone.now() + timedelta(hours=2)
    Delivery.objects.update(next_attempt_at=later)
    finish(*claim_second(endpoint))
    assert (next_look(endpoint, 0), next_look(endpoint, 1)) == (later, None)


def test_another_slot_goes_on_while_something_is_due(endpoint: Endpoint) -> None:
    happen()
    slot, lease = claim_second(endpoint)
    finish(slot, lease)
    now = timezone.now()
    assert all(look and look <= now for look in (next_look(endpoint, 0), next_look(endpoint, 1)))


def test_the_first_slot_hears_of_what_another_had_in_hand(endpoint: Endpoint) -> None:
    happen()
    slot, lease = claim_second(endpoint)
    (taken,), _ = take_due(endpoint.pk, limit=1, now=timezone.now())
    # It has looked meanwhile, and knows when what is in hand is due should its holder be killed.
    DeliverySlot.objects.filter(number=0).update(next_attempt_at=taken.next_attempt_at)
    sooner = timezone.now() + timedelta(seconds=5)
    Delivery.objects.update(next_attempt_at=sooner, held_by=None)
    finish(slot, lease)
    assert next_look(endpoint, 0) == sooner


def test_what_waits_for_one_that_is_told_nothing_is_looked_at_now(endpoint: Endpoint) -> None:
    happen()
    slot, lease = claim_slot()
    Delivery.objects.update(next_attempt_at=timezone.now() + timedelta(hours=20))
    Endpoint.objects.update(deleted_at=timezone.now())
    finish(slot, lease)
    look = next_look(endpoint)
    assert look and look <= timezone.now()


@pytest.mark.parametrize("number", [0, 1])
def test_whoever_lost_the_slot_changes_nothing(endpoint: Endpoint, number: int) -> None:
    happen()
    slot, lease = claim_second(endpoint) if number else claim_slot()
    DeliverySlot.objects.filter(number=number).update(lease_token=None)
    before = list(DeliverySlot.objects.values())
    with pytest.raises(LeaseLost):
        finish(slot, lease)
    assert list(DeliverySlot.objects.values()) == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_writer_first", [True, False])
def test_no_event_is_missed_that_is_written_while_a_slot_ends_its_turn(is_writer_first: bool) -> None:
    endpoint = make_endpoint()
    happen()
    slot, lease = claim_slot()
    Delivery.objects.update(status="delivered", next_attempt_at=None, ended_at=timezone.now())
    if is_writer_first:
        with transaction.atomic():
            happen()
            thread = in_thread(lambda: finish(slot, lease))
            finishing = thread.__enter__()
            wait_until_ended_or_blocked(finishing)
        thread.__exit__(None, None, None)
    else:
        finish(slot, lease)
        happen()
    look = next_look(endpoint)
    assert look and look <= timezone.now()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_forgotten_while_many_write_deliver_and_fail(
    third_party: Receiver, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DELIVERIES_PER_ENDPOINT = 3
    monkeypatch.setattr(delivering, "TURN_SECONDS", 0.02)
    endpoints = [make_endpoint(url=third_party.at(str(number))) for number in range(2)]
    third_party.answers.extend([Says(500), Says(200), Says(200)] * 30)
    done = threading.Event()

    def write() -> None:
        for _ in range(12):
            happen()

    def act() -> None:
        while not done.is_set():
            if not turn():
                done.wait(0.002)

    with in_thread(act), in_thread(act), in_thread(act), in_thread(act):
        with in_thread(write), in_thread(write), in_thread(write):
            pass
        while Delivery.objects.filter(attempts=0).exists():
            assert not done.wait(0.01)
        done.set()

    assert Delivery.objects.count() == 72
    for endpoint in endpoints:
        waiting = Delivery.objects.filter(endpoint=endpoint, status="pending").order_by("next_attempt_at")
        look = next_look(endpoint)
        assert waiting and look and look <= max(waiting[0].next_attempt_at or look, timezone.now())
    assert not DeliverySlot.objects.exclude(lease_token=None).exists()
