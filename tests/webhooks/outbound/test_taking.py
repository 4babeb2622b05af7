from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from api_project.work.locking import lock_in_order
from tests.threads import in_thread, wait_until_ended_or_blocked
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.working import happen
from webhooks.models import Delivery, Endpoint, Event
from webhooks.outbound.taking import HELD_FOR, hand_back, held, take_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def endpoint() -> Endpoint:
    return make_endpoint()


def take(endpoint: Endpoint, limit: int = 10, **after: float) -> list[Delivery]:
    return take_due(endpoint.pk, limit=limit, now=timezone.now() + timedelta(**after))[0]


def events_of(deliveries: list[Delivery]) -> list[Any]:
    return [delivery.event_id for delivery in deliveries]


def test_what_is_due_longest_is_taken_first_and_the_rest_is_told(endpoint: Endpoint) -> None:
    events = [happen() for _ in range(3)]
    taken, is_more = take_due(endpoint.pk, limit=2, now=timezone.now())
    assert (events_of(taken), is_more) == ([events[0].pk, events[1].pk], True)
    taken, is_more = take_due(endpoint.pk, limit=2, now=timezone.now())
    assert (events_of(taken), is_more) == ([events[2].pk], False)


def test_nobody_takes_what_is_taken_until_its_time_is_over(endpoint: Endpoint) -> None:
    happen()
    (taken,) = take(endpoint)
    assert take(endpoint, seconds=HELD_FOR.total_seconds() - 5) == []
    (again,) = take(endpoint, seconds=HELD_FOR.total_seconds() + 5)
    assert (taken.attempts, again.attempts) == (1, 2)
    assert not held([taken]).exists() and held([again]).exists()


def test_nobody_takes_what_is_not_due_yet(endpoint: Endpoint) -> None:
    happen()
    assert take(endpoint, seconds=-1) == []


def test_nobody_takes_anothers_or_what_has_ended(endpoint: Endpoint) -> None:
    other = make_endpoint()
    happen()
    now = timezone.now()
    Delivery.objects.filter(endpoint=other).update(status="delivered", next_attempt_at=None, ended_at=now)
    assert take(other) == []
    assert [delivery.endpoint for delivery in take(endpoint)] == [endpoint]


def test_what_was_cut_off_is_taken_by_itself_and_the_rest_together(endpoint: Endpoint) -> None:
    cut_off = [happen(), happen()]
    take(endpoint)
    new = [happen(), happen()]
    later = HELD_FOR.total_seconds() + 5
    assert events_of(take(endpoint, seconds=later)) == [event.pk for event in new]
    taken, is_more = take_due(endpoint.pk, limit=10, now=timezone.now() + timedelta(seconds=later))
    assert (events_of(taken), is_more) == ([cut_off[0].pk], True)
    assert events_of(take(endpoint, seconds=later)) == [cut_off[1].pk]


def test_what_is_handed_back_is_as_if_never_taken(endpoint: Endpoint) -> None:
    first, second = happen(), happen()
    later = take(endpoint, limit=1)
    hand_back(later)
    taken = take(endpoint)
    assert events_of(taken) == [first.pk, second.pk]
    assert [delivery.attempts for delivery in taken] == [1, 1]


def test_what_was_taken_by_another_is_not_handed_back(endpoint: Endpoint) -> None:
    happen()
    late = take(endpoint)
    (taken,) = take(endpoint, seconds=HELD_FOR.total_seconds() + 5)
    hand_back(late)
    assert held([taken]).exists()


def test_handing_back_nothing_asks_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        hand_back([])


@pytest.mark.django_db(transaction=True)
def test_several_at_once_take_each_delivery_once() -> None:
    endpoint = make_endpoint()
    for _ in range(12):
        happen()
    taken: list[Any] = []

    def take_some() -> None:
        for _ in range(8):
            taken.extend(events_of(take(endpoint, limit=2)))

    with in_thread(take_some), in_thread(take_some), in_thread(take_some):
        pass
    assert len(taken) == len(set(taken)) == 12


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has one lock")
def test_nobody_waits_for_a_delivery_that_somebody_has_locked() -> None:
    endpoint = make_endpoint()
    first, second = happen(), happen()
    taken: list[Any] = []
    with transaction.atomic():
        Delivery.objects.select_for_update().get(event=first)
        with in_thread(lambda: taken.extend(events_of(take(endpoint)))):
            pass
    assert (connection.vendor, taken) == ("postgresql", [second.pk])


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has one lock")
def test_what_is_handed_back_is_locked_in_order() -> None:
    endpoint = make_endpoint()
    first, second = happen(), happen()
    taken = take(endpoint)
    # It stands behind the other one in the table now, which an UPDATE of both goes through.
    Delivery.objects.filter(event=first).update(failures=0)
    with ExitStack() as threads:
        with transaction.atomic():
            Delivery.objects.select_for_update().get(event=first)
            thread = threads.enter_context(in_thread(lambda: hand_back(taken)))
            wait_until_ended_or_blocked(thread)
            assert Delivery.objects.select_for_update(nowait=True).get(event=second)
    assert not Delivery.objects.exclude(held_by=None).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has one lock")
def test_what_rows_are_found_by_is_not_locked_with_them() -> None:
    make_endpoint()
    event = happen()

    def lock() -> None:
        with transaction.atomic():
            lock_in_order(Delivery.objects.filter(event__erased_at=None))

    with transaction.atomic():
        Event.objects.select_for_update(no_key=True).get(pk=event.pk)
        with in_thread(lock):
            pass
