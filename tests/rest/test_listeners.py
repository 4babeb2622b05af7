"""Those who read slowly, or not at all, keep neither the places nor the threads from others."""

from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from io import BytesIO
from typing import Any

import pytest

from api_project.rest.body_places import MIN_BYTES_PER_SECOND, PLACES, SLOW_FOR_SECONDS
from api_project.rest.exceptions import Unavailable
from api_project.rest.listeners import LISTENERS, LISTENERS_AT_ONCE, ListenerPlaces, Pace, ReaderTooSlow
from api_project.rest.serving import CHUNK_BYTES, FileBody, FileIsShort

SHARE = LISTENERS_AT_ONCE // 2


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def held() -> Iterator[Any]:
    """Return what takes a place until the end of the test."""
    places = ListenerPlaces()
    with ExitStack() as stack:
        yield lambda owner: stack.enter_context(places.hold(owner))


def body(content: bytes, length: int, pace: Pace | None = None) -> FileBody:
    file = BytesIO(content)
    stack = ExitStack()
    stack.callback(file.close)
    return FileBody(file, length, stack, pace)


def test_one_user_has_half_of_the_places(held: Any) -> None:
    for _ in range(SHARE):
        held("ada")

    with pytest.raises(Unavailable, match="one user") as caught:
        held("ada")
    assert caught.value.headers == {"Retry-After": "5"}
    for _ in range(SHARE):
        held("grace")
    with pytest.raises(Unavailable, match="Too many"):
        held("mary")


def test_listening_and_uploading_share_the_threads(held: Any) -> None:
    with ExitStack() as stack:
        for number in range(24):
            stack.enter_context(PLACES.hold(number, is_upload=False))
        with pytest.raises(Unavailable):
            held("ada")
    held("ada")


def test_a_refused_listener_leaves_no_place_taken(held: Any) -> None:
    with PLACES.hold("ada", is_upload=False):
        for _ in range(2 * LISTENERS_AT_ONCE):
            with pytest.raises(ZeroDivisionError), LISTENERS.hold("ada"):
                raise ZeroDivisionError
    with LISTENERS.hold("ada"):
        pass


def test_a_body_is_sent_piece_by_piece_and_ends_where_it_shall() -> None:
    sent = list(body(bytes(3 * CHUNK_BYTES), 2 * CHUNK_BYTES + 1))
    assert [len(chunk) for chunk in sent] == [CHUNK_BYTES, CHUNK_BYTES, 1]


def test_a_file_that_ends_early_breaks_the_answer_off() -> None:
    sending = body(b"short", 6)
    assert next(sending) == b"short"
    with pytest.raises(FileIsShort):
        next(sending)


def test_a_body_that_is_never_sent_lets_go_of_its_file() -> None:
    file, stack = BytesIO(b"audio"), ExitStack()
    stack.callback(file.close)
    FileBody(file, 5, stack)
    assert file.closed


@pytest.mark.parametrize(("speed", "ends"), [(MIN_BYTES_PER_SECOND * 0.9, True), (MIN_BYTES_PER_SECOND * 1.1, False)])
def test_a_reader_that_never_stops_trickling_is_cut_off(speed: float, ends: bool) -> None:
    clock = Clock()
    pieces = int(2 * SLOW_FOR_SECONDS * speed / CHUNK_BYTES)
    sending = body(bytes(pieces * CHUNK_BYTES), pieces * CHUNK_BYTES, Pace(clock))

    with pytest.raises(ReaderTooSlow) if ends else nullcontext():
        for _ in sending:
            clock.now += CHUNK_BYTES / speed
    assert clock.now - Clock.now > SLOW_FOR_SECONDS


def test_a_pause_is_nothing() -> None:
    clock = Clock()
    sending = body(bytes(2 * CHUNK_BYTES), 2 * CHUNK_BYTES, Pace(clock))
    next(sending)
    clock.now += SLOW_FOR_SECONDS
    assert len(next(sending)) == CHUNK_BYTES
