"""`Prefer: wait=N` (RFC 7240): an answer that is held back until what it is about has ended, for N seconds at most.

A waiter holds a thread, so there are few places for them, and beyond those the answer comes at once. It holds no
transaction, and no database connection: one of a process's waiters, whoever comes first, looks for all of them.
"""

import logging
import re
import time
from collections.abc import Callable, Collection, Hashable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from threading import Event, Lock
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db import connection
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api_project.rest.body_places import MAX_THREADS, PLACES

logger = logging.getLogger(__name__)

MAX_WAIT_SECONDS = 60
LOOK_EVERY_SECONDS = 0.25

# How an operation's description tells of it.
PREFER = OpenApiParameter(
    "Prefer",
    # Not an example of the parameter: Swagger UI would send it.
    {"type": "string", "examples": [f"wait={MAX_WAIT_SECONDS}"]},
    OpenApiParameter.HEADER,
    description=(
        "`wait=N`: hold the answer back until it has ended, for N seconds at most, and never more than "
        f"{MAX_WAIT_SECONDS}. The places for this are few: without `Preference-Applied` in the answer nobody waited, "
        "or not for that long, and `Retry-After` says when to ask again. Other preferences are ignored."
    ),
)

# Commas part preferences, unless they stand in quotes.
_PREFERENCE = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+')
_WAIT = re.compile(r'\s*wait\s*(?:=\s*(?P<quote>"?)(?P<seconds>[0-9]+)(?P=quote)\s*)?(?:;.*)?', re.IGNORECASE)
_IS_WAIT = re.compile(r"\s*wait\s*(?:[=;]|$)", re.IGNORECASE)

# Given the ids that are waited for, returns those of them that have ended or are gone.
Look = Callable[[Collection[UUID]], Collection[UUID]]
AnyResponse = TypeVar("AnyResponse", bound=HttpResponse)


def preferred_wait(request: Request) -> int:
    """Return the seconds that the client would wait, cut to MAX_WAIT_SECONDS; 0 without a preference that can be read.

    A server ignores what it does not understand of this header, and all but the first of several such preferences.
    """
    for preference in _PREFERENCE.findall(request.headers.get("Prefer", "")):
        if _IS_WAIT.match(preference):
            found = _WAIT.fullmatch(preference)
            digits = ((found and found["seconds"]) or "0").lstrip("0")
            return min(int(digits or 0), MAX_WAIT_SECONDS) if len(digits) < 9 else MAX_WAIT_SECONDS
    return 0


def waiting_headers(*statuses: int) -> list[OpenApiParameter]:
    """Return what describes the headers that answers of these statuses may have where PREFER is heeded."""
    name, description = "Preference-Applied", "`wait=N`, when the answer was held back as was asked."
    applied = OpenApiParameter(name, str, OpenApiParameter.HEADER, response=statuses, description=description)
    return [applied, retry_after(*(status for status in statuses if status != HTTPStatus.NOT_MODIFIED))]


def retry_after(*statuses: int) -> OpenApiParameter:
    """Return what describes the header of a record that has not ended."""
    description = "Seconds after which it is worth to look again; there while it has not ended."
    return OpenApiParameter("Retry-After", int, OpenApiParameter.HEADER, response=statuses, description=description)


class _Waiter:
    def __init__(self, thing: UUID, look: Look) -> None:
        self.thing = thing
        self.look = look
        self.has_ended = False
        self.goes = Event()


class WaitingPlaces:
    """The places of one process. `clock` is in seconds, from any beginning; `bodies` tells how many threads read."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        bodies: Callable[[], int] = PLACES.count,
    ) -> None:
        self.clock = clock
        self.sleep = sleep
        self.bodies = bodies
        self._lock = Lock()
        self._is_closed = False
        self._held: list[Hashable] = []
        self._waiting: list[_Waiter] = []
        self._looking = Lock()

    @contextmanager
    def hold(self, owner: Hashable) -> Iterator[bool]:
        """Hold a place for the block, if there is one: of WAITERS_AT_ONCE in all, half of them for one owner."""
        with self._lock:
            room, share = settings.WAITERS_AT_ONCE, (settings.WAITERS_AT_ONCE + 1) // 2
            granted = not self._is_closed and len(self._held) < room and self._held.count(owner) < share
            if granted:
                self._held.append(owner)
        try:
            yield granted
        finally:
            if granted:
                with self._lock:
                    self._held.remove(owner)

    def wait(self, thing: UUID, look: Look, seconds: float) -> bool:
        """Wait until `look` says that a thing has ended. Returns False when this was given up before the time.

        That is when the thread is needed for something else, the process is to stop, or the database does not answer.
        """
        waiter, until = _Waiter(thing, look), self.clock() + seconds
        _give_connection_back()
        with self._lock:
            self._waiting.append(waiter)
            if self._is_closed:
                waiter.goes.set()
        try:
            while self._goes_on(waiter, until):
                if self._looking.acquire(blocking=False):
                    self._look_for_all(waiter, until)
                else:
                    waiter.goes.wait(min(LOOK_EVERY_SECONDS, max(until - self.clock(), 0)))
        finally:
            with self._lock:
                self._waiting.remove(waiter)
        return waiter.has_ended or not waiter.goes.is_set()

    def close(self) -> None:
        """Send everybody home, for good: the process is about to stop."""
        with self._lock:
            self._is_closed = True
            for waiter in self._waiting:
                waiter.goes.set()

    def _goes_on(self, waiter: _Waiter, until: float) -> bool:
        return not waiter.goes.is_set() and self.clock() < until

    def _look_for_all(self, waiter: _Waiter, until: float) -> None:
        """Look until this one's own wait is over; then another one does, over a connection of its own."""
        try:
            while self._goes_on(waiter, until):
                self.sleep(min(LOOK_EVERY_SECONDS, max(until - self.clock(), 0)))
                with self._lock:
                    waiting = list(self._waiting)
                _tell(waiting)
                self._make_room(waiting)
        finally:
            self._looking.release()

    def _make_room(self, waiting: list[_Waiter]) -> None:
        """Send the last ones home that would take threads which callbacks, pages and reading need."""
        room = max(MAX_THREADS - self.bodies(), 0)
        for waiter in waiting[room:]:
            waiter.goes.set()


def _tell(waiting: list[_Waiter]) -> None:
    """Look, and let those go whose thing has ended; let all go when nobody can look."""
    try:
        for look in {waiter.look for waiter in waiting}:
            theirs = [waiter for waiter in waiting if waiter.look == look]
            ended = set(look({waiter.thing for waiter in theirs}))
            for waiter in theirs:
                if waiter.thing in ended:
                    waiter.has_ended = True
                    waiter.goes.set()
    except DatabaseFailure:
        # What they have made is made: they are better off with an answer that is a little old than with an error.
        logger.warning("Nobody can look for those who wait.", exc_info=True, extra={"action": "rest.look_failed"})
        connection.close_if_unusable_or_obsolete()
        for waiter in waiting:
            waiter.goes.set()


def _give_connection_back() -> None:
    """Close this thread's connection: another is open within milliseconds, and PostgreSQL has 100 in all."""
    if not connection.in_atomic_block:
        connection.close()


WAITERS = WaitingPlaces()


class WaitingPlace:
    """What became of one request's preference. Without a place nothing is waited for."""

    def __init__(self, seconds: int, *, granted: bool) -> None:
        self.seconds = seconds
        self.granted = granted
        self._honoured = False

    def wait(self, thing: UUID, look: Look, *, has_ended: bool) -> bool:
        """Wait for the end of a thing that has not ended yet; return whether it is worth to read it again."""
        if has_ended or not self.granted:
            self._honoured = has_ended
            return False
        self._honoured = WAITERS.wait(thing, look, self.seconds)
        return self._honoured

    def note(self, answer: AnyResponse) -> AnyResponse:
        """Say on the answer whether the preference was honoured."""
        if self.seconds and self._honoured:
            answer["Preference-Applied"] = f"wait={self.seconds}"
        return answer


@contextmanager
def place_to_wait(request: Request) -> Iterator[WaitingPlace]:
    """Take a place for the block if the client prefers to wait; enter it before the body is read. Raises nothing."""
    seconds = preferred_wait(request)
    if not seconds:
        yield WaitingPlace(0, granted=False)
        return
    with WAITERS.hold(request.user.pk) as granted:
        yield WaitingPlace(seconds, granted=granted)
