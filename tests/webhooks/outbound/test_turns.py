"""A turn of a slot: how much it takes, how long it lasts, and what it hands back."""

import time
from typing import Any

import pytest
from django.utils import timezone

from api_project.http import post
from api_project.work.runner import run_step
from tests.provider_fixtures import step_named
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.receiver import Receiver
from tests.webhooks.outbound.working import (
    claim_slot,
    delivery_of,
    happen,
    next_look,
    state_of,
    turn,
    work,
)
from webhooks.models import Delivery, DeliverySlot, Event
from webhooks.outbound import delivering

pytestmark = pytest.mark.django_db


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
    third_party: Receiver, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.DELIVERIES_PER_ENDPOINT = 1
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
