"""Slow and silent clients keep neither the places nor the threads from others."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from io import BytesIO
from typing import Any

import pytest

from api_project.launch.programs import THREADS_PER_WORKER
from api_project.rest.body_places import (
    MAX_THREADS,
    MIN_BYTES_PER_SECOND,
    PIECE_BYTES,
    PLACES,
    SLOW_FOR_SECONDS,
    BodyPlace,
    BodyPlaces,
)
from api_project.rest.exceptions import RequestTimeout, Unavailable
from tests.api import FORM, TRANSCRIPTS, WAV, Untouchable, api_client, form_with_file, nothing_is_kept, post_json
from tests.api import post_stream as post

STALLED_AFTER = 60


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Silent:
    """A client that sends some bytes and then nothing for a while, in which something else may happen."""

    def __init__(self, clock: Clock, *, after: bytes = b"", silent: float = 0.0, meanwhile: Any = None) -> None:
        self.clock = clock
        self.silent = silent
        self.meanwhile = meanwhile or (lambda: None)
        self._first = BytesIO(after)

    def read(self, size: int = -1) -> bytes:
        if first := self._first.read(size):
            return first
        self.clock.now += self.silent
        self.meanwhile()
        return b"x" * size

    readline = read


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Clock:
    settings.UPLOAD_STALLED_AFTER = STALLED_AFTER
    settings.UPLOADS_AT_ONCE = 4
    clock = Clock()
    monkeypatch.setattr(PLACES, "clock", clock)
    return clock


@pytest.fixture
def places(clock: Clock) -> BodyPlaces:
    return BodyPlaces(clock)


@pytest.fixture
def held(places: BodyPlaces) -> Iterator[Any]:
    """Return what takes a place until the end of the test."""
    with ExitStack() as stack:
        yield lambda owner, **kind: stack.enter_context(places.hold(owner, **kind))


def stall(place: BodyPlace, clock: Clock, meanwhile: Any = None, silent: float = STALLED_AFTER + 1) -> None:
    stream: Any = Silent(clock, silent=silent, meanwhile=meanwhile)
    place.read(stream, 10)


def test_one_user_has_half_of_the_places(held: Any) -> None:
    held("ada"), held("ada")

    with pytest.raises(Unavailable, match="one user") as caught:
        held("ada")
    assert caught.value.headers == {"Retry-After": "5"}
    held("grace"), held("grace")
    with pytest.raises(Unavailable, match="Too many"):
        held("mary")


def test_one_user_has_one_place_where_there_is_only_one(held: Any, settings: Any) -> None:
    settings.UPLOADS_AT_ONCE = 1
    held("ada")

    with pytest.raises(Unavailable):
        held("ada")


def test_a_silent_upload_gives_up_its_place_while_it_is_silent_and_ends_when_it_wakes(held: Any, clock: Clock) -> None:
    silent, _ = held("ada"), held("ada")
    with pytest.raises(RequestTimeout):
        stall(silent, clock, meanwhile=lambda: held("ada"))


def test_an_upload_that_is_silent_for_long_ends_though_nobody_wanted_its_place(held: Any, clock: Clock) -> None:
    with pytest.raises(RequestTimeout):
        stall(held("ada"), clock)


def test_a_short_silence_is_nothing(held: Any, clock: Clock, places: BodyPlaces) -> None:
    place = held("ada")

    def others_are_refused() -> None:
        held("ada")
        with pytest.raises(Unavailable):
            held("ada")

    stall(place, clock, others_are_refused, silent=STALLED_AFTER)
    stall(place, clock, silent=STALLED_AFTER)


def test_what_takes_long_on_our_side_is_not_held_against_the_client(held: Any, clock: Clock) -> None:
    place, _ = held("ada"), held("ada")
    stall(place, clock, silent=1)

    clock.now += 10 * SLOW_FOR_SECONDS
    with pytest.raises(Unavailable):
        held("ada")
    stall(place, clock, silent=1)


@pytest.mark.parametrize(("speed", "ends"), [(MIN_BYTES_PER_SECOND * 0.9, True), (MIN_BYTES_PER_SECOND * 1.1, False)])
def test_an_upload_that_never_stops_trickling_ends(held: Any, clock: Clock, speed: float, ends: bool) -> None:
    place = held("ada")
    stream: Any = Silent(clock, silent=PIECE_BYTES / speed)

    with pytest.raises(RequestTimeout) if ends else nullcontext():
        for _ in range(int(2 * SLOW_FOR_SECONDS / stream.silent)):
            place.read(stream, PIECE_BYTES)
    assert clock.now - Clock.now >= SLOW_FOR_SECONDS


def stall_many(held: Any, clock: Clock, owner: str, then: Callable[[], None]) -> None:
    """Run `then` while as many places of the owner as may be are lost and still hold their threads."""
    try:
        place = held(owner)
    except Unavailable:
        then()
        return
    with pytest.raises(RequestTimeout):
        stall(place, clock, lambda: stall_many(held, clock, owner, then))


def test_silent_uploads_of_one_user_hold_no_more_than_half_of_the_threads(
    held: Any, clock: Clock, places: BodyPlaces
) -> None:
    def others_have_all_they_need() -> None:
        assert len(places._held) == MAX_THREADS // 2
        for owner in ("grace", "grace", "mary", "mary"):
            held(owner)

    stall_many(held, clock, "ada", others_have_all_they_need)


def test_silent_uploads_of_many_leave_threads_for_all_else(held: Any, clock: Clock, places: BodyPlaces) -> None:
    def nobody_gets_in() -> None:
        assert len(places._held) == MAX_THREADS
        for is_upload in (True, False):
            with pytest.raises(Unavailable):
                held("mary", is_upload=is_upload)

    stall_many(held, clock, "ada", lambda: stall_many(held, clock, "grace", nobody_gets_in))
    assert THREADS_PER_WORKER - MAX_THREADS >= 8


def test_json_needs_no_place_but_is_counted(held: Any, places: BodyPlaces) -> None:
    for _ in range(MAX_THREADS // 2):
        held("ada", is_upload=False)

    with pytest.raises(Unavailable):
        held("ada", is_upload=False)
    for owner in ("grace", "grace", "mary", "mary"):
        held(owner)
    held("grace", is_upload=False)


@pytest.mark.django_db
@pytest.mark.parametrize("content_type", ["audio/wav", FORM, "application/json"])
def test_a_stalled_body_is_a_408_and_leaves_nothing(clock: Clock, content_type: str) -> None:
    begin = {"audio/wav": WAV, FORM: form_with_file()[:300], "application/json": b"{"}[content_type]
    stream = Silent(clock, after=begin, silent=STALLED_AFTER + 1)

    with nothing_is_kept():
        response = post(api_client(), stream, 200_000, content_type)
    assert (response.status_code, response.json()["type"]) == (408, "/api/problems/request-timeout/")


@pytest.mark.django_db
def test_a_user_over_the_share_is_refused_before_the_body_is_read_and_others_are_not(clock: Clock) -> None:
    client, answers = api_client(), []

    def ask_meanwhile() -> None:
        answers.append(post(client, Untouchable(), 1000, "audio/wav"))
        answers.append(post_json(client, {"audio_url": "https://example.com/a.mp3"}))
        answers.append(post(api_client("grace"), BytesIO(WAV), len(WAV), "audio/wav"))

    second: Any = Silent(clock, after=WAV, meanwhile=ask_meanwhile)
    first: Any = Silent(clock, after=WAV, meanwhile=lambda: post(client, second, len(WAV) + 1, "audio/wav"))
    assert post(client, first, len(WAV) + 1, "audio/wav").status_code == 202
    refused, *taken = answers
    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert "one user" in refused.json()["detail"]
    assert [answer.status_code for answer in taken] == [202, 202]
    assert client.get(TRANSCRIPTS).status_code == 200
