"""`Prefer: wait`: who may wait, for how long, and what it costs the others."""

import threading
from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from api_project.rest.body_places import MAX_THREADS
from api_project.rest.waiting import LOOK_EVERY_SECONDS, WaitingPlaces, preferred_wait

# Waiting touches the connection of its thread.
pytestmark = pytest.mark.django_db
THING = uuid4()


def prefers(value: str) -> int:
    return preferred_wait(Request(APIRequestFactory().get("/", headers={"Prefer": value})))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("wait=10", 10),
        ("WAIT=10", 10),
        ("wait = 10", 10),
        ('wait="10"', 10),
        ("wait=10;foo=bar", 10),
        ("respond-async, wait=10", 10),
        ('a="x, wait=1", wait=10', 10),
        (r'a="\", wait=1", wait=10', 10),
        ("wait=0010", 10),
        ("wait=60", 60),
        ("wait=61", 60),
        ("wait=" + "9" * 5000, 60),
        ("wait=" + "0" * 5000 + "7", 7),
        # The first one counts.
        ("wait=10, wait=20", 10),
    ],
)
def test_a_preference_is_read(value: str, seconds: int) -> None:
    assert prefers(value) == seconds


@pytest.mark.parametrize(
    "value",
    [
        *("", "wait", "wait=", "wait=0", "wait=soon", "wait=-1", "wait=1.5", "wait=\u0661", 'wait="10'),
        *("waits=10", "await=10", 'a="wait=10"', "wait=soon, wait=10", ",,,", '"' * 5000),
    ],
)
def test_what_cannot_be_read_is_ignored(value: str) -> None:
    assert prefers(value) == 0


class Time:
    """A clock that moves when somebody sleeps, and what happens meanwhile."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.looks: list[set[UUID]] = []
        self.ended: set[UUID] = set()
        self.meanwhile: Callable[[], None] = lambda: None

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.meanwhile()

    def look(self, ids: Collection[UUID]) -> set[UUID]:
        self.looks.append(set(ids))
        return self.ended & set(ids)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def places(time: Time) -> WaitingPlaces:
    return WaitingPlaces(clock=time, sleep=time.sleep, bodies=lambda: 0)


def test_a_wait_is_over_when_the_thing_has_ended(time: Time, places: WaitingPlaces) -> None:
    time.meanwhile = lambda: time.ended.add(THING) if time.now >= 1003 else None

    assert places.wait(THING, time.look, 60)
    assert time.now == 1003


def test_a_wait_is_over_when_its_time_is(time: Time, places: WaitingPlaces) -> None:
    assert places.wait(THING, time.look, 5)
    assert time.now == 1005
    assert len(time.looks) == 5 / LOOK_EVERY_SECONDS


def test_a_wait_of_less_than_a_pause_is_no_longer(time: Time, places: WaitingPlaces) -> None:
    places.wait(THING, time.look, 0.1)

    assert time.now == pytest.approx(1000.1)


def test_the_places_of_a_process_are_bounded_and_half_are_for_one_user(places: WaitingPlaces, settings: Any) -> None:
    settings.WAITERS_AT_ONCE = 4
    with places.hold("ada") as first, places.hold("ada") as second, places.hold("ada") as third:
        assert (first, second, third) == (True, True, False)
        with places.hold("grace") as fourth, places.hold("grace") as fifth, places.hold("mary") as sixth:
            assert (fourth, fifth, sixth) == (True, True, False)
    with places.hold("mary") as later:
        assert later


@pytest.mark.parametrize(("room", "granted"), [(0, False), (1, True)])
def test_one_user_has_one_place_where_there_is_only_one(
    places: WaitingPlaces, settings: Any, room: int, granted: bool
) -> None:
    settings.WAITERS_AT_ONCE = room
    with places.hold("ada") as first, places.hold("ada") as second:
        assert (first, second) == (granted, False)


def test_a_place_is_free_again_whatever_ends_the_request(places: WaitingPlaces, settings: Any) -> None:
    settings.WAITERS_AT_ONCE = 1
    with pytest.raises(ZeroDivisionError), places.hold("ada"):
        1 / 0  # noqa: B018
    with places.hold("ada") as granted:
        assert granted


def test_waiters_give_way_when_their_threads_are_needed(time: Time) -> None:
    bodies = [0]
    places = WaitingPlaces(clock=time, sleep=time.sleep, bodies=lambda: bodies[0])

    def many_uploads_come() -> None:
        bodies[0] = MAX_THREADS if time.now >= 1002 else 0

    time.meanwhile = many_uploads_come
    assert not places.wait(THING, time.look, 60)
    assert time.now == 1002


def test_one_looks_for_all_of_a_process() -> None:
    """Three threads wait, and never two of them look at the same time, nor any more often than one would."""
    things, threads, stop = [uuid4() for _ in range(3)], [], threading.Event()
    looks: list[tuple[int, set[UUID]]] = []
    all_are_there = threading.Event()

    def look(ids: Collection[UUID]) -> set[UUID]:
        looks.append((threading.get_ident(), set(ids)))
        if set(ids) == set(things):
            all_are_there.set()
        return set(things) if stop.is_set() else set()

    places = WaitingPlaces(sleep=lambda seconds: stop.wait(0.001), bodies=lambda: 0)
    answers: list[bool] = []
    for thing in things:
        threads.append(threading.Thread(target=lambda each=thing: answers.append(places.wait(each, look, 30))))
        threads[-1].start()
    assert all_are_there.wait(30)
    stop.set()
    for thread in threads:
        thread.join(30)
    assert answers == [True, True, True]
    assert len({who for who, _ in looks}) == 1


def test_another_looks_on_when_the_first_one_goes(time: Time) -> None:
    """The leader's wait is short; whoever waits longer takes over and sees the end."""
    long, short = uuid4(), uuid4()
    ended: set[UUID] = set()
    first_looks, begin_second = threading.Event(), threading.Event()

    def look(ids: Collection[UUID]) -> set[UUID]:
        first_looks.set()
        if short in ids and long in ids:
            ended.add(short)
        elif long in ids:
            ended.add(long)
        return ended & set(ids)

    places = WaitingPlaces(sleep=lambda seconds: begin_second.wait(30), bodies=lambda: 0)
    answers: list[bool] = []
    first = threading.Thread(target=lambda: answers.append(places.wait(short, look, 600)))
    first.start()
    second = threading.Thread(target=lambda: answers.append(places.wait(long, look, 600)))
    second.start()
    begin_second.set()
    first.join(30)
    second.join(30)
    assert answers == [True, True]


def test_a_database_that_fails_sends_all_home_without_an_error(time: Time, places: WaitingPlaces) -> None:
    def fail(ids: Collection[UUID]) -> set[UUID]:
        raise OperationalError

    assert not places.wait(THING, fail, 60)
    assert time.now == 1000 + LOOK_EVERY_SECONDS


def test_another_looks_after_one_whose_look_was_a_bug(time: Time, places: WaitingPlaces) -> None:
    def fail(ids: Collection[UUID]) -> set[UUID]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        places.wait(THING, fail, 60)
    time.ended.add(THING)
    assert places.wait(THING, time.look, 60)


def test_a_process_that_is_to_stop_sends_all_home_and_takes_no_more(time: Time, places: WaitingPlaces) -> None:
    time.meanwhile = places.close

    assert not places.wait(THING, time.look, 60)
    assert time.now == 1000 + LOOK_EVERY_SECONDS
    with places.hold("ada") as granted:
        assert not granted
    assert not places.wait(THING, time.look, 60)
    assert time.now == 1000 + LOOK_EVERY_SECONDS
