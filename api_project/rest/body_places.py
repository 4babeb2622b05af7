"""How many bodies one process reads at once, so that slow and silent clients never hold every thread.

A thread that waits for a client cannot be woken: the web server has no time limit for bodies. What can be freed is its
place. A client that sends nothing, or next to nothing, loses it; the thread stays behind, counted, and ends with a 408
as soon as it wakes. So there are two limits: places for uploads, and threads in all.
"""

import logging
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import IO

from django.conf import settings

from api_project.rest.exceptions import Busy, RequestTimeout

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = "5"
# A read returns when all of it is there, so this many bytes within UPLOAD_STALLED_AFTER are what counts as progress.
PIECE_BYTES = 32 * 1024
# Of the threads that a web process has (launch/programs.py); the others are for callbacks, pages and reading.
MAX_THREADS = 24
# No line that anybody would send a recording over is slower than 64 kbit/s for long.
MIN_BYTES_PER_SECOND = 8_000
SLOW_FOR_SECONDS = 600


class BodyPlace:
    """What one request holds while its body is taken. All times are those that its client kept us waiting."""

    def __init__(self, places: "BodyPlaces", owner: Hashable, *, is_upload: bool) -> None:
        self.owner = owner
        self.is_upload = is_upload
        self.is_lost = False
        # Called after each piece; may raise what ends the reading.
        self.on_piece: Callable[[], None] = lambda: None
        self._places = places
        self._waiting_since: float | None = None
        self._waited = 0.0
        self._received = 0

    def read(self, stream: IO[bytes], size: int) -> bytes:
        """Read up to PIECE_BYTES from the client; raises RequestTimeout when the place was lost over it."""
        places = self._places
        with places.lock:
            self._waiting_since = places.clock()
        try:
            piece = stream.read(min(size, PIECE_BYTES))
        finally:
            with places.lock:
                self.judge(places.clock())
                self._waited += places.clock() - self._waiting_since
                self._waiting_since = None
        if self.is_lost:
            raise RequestTimeout
        self._received += len(piece)
        self.on_piece()
        return piece

    def judge(self, now: float) -> None:
        """Take the place away if its client has sent too little; called under the lock."""
        if self._waiting_since is None or self.is_lost:
            return
        silent = now - self._waiting_since
        waited = self._waited + silent
        is_slow = waited > SLOW_FOR_SECONDS and self._received < waited * MIN_BYTES_PER_SECOND
        if silent > settings.UPLOAD_STALLED_AFTER or is_slow:
            self.is_lost = True
            logger.warning(
                "An upload lost its place: %d bytes came in %d seconds.",
                *(self._received, waited),
                extra={"action": "rest.upload_stalled"},
            )


class BodyPlaces:
    """The places of one process. `clock` is in seconds, from any beginning."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.lock = Lock()
        self._held: list[BodyPlace] = []

    @contextmanager
    def hold(self, owner: Hashable, *, is_upload: bool = True) -> Iterator[BodyPlace]:
        """Hold a place for the block; raises Busy at once when there is none, or none for this owner.

        Uploads have UPLOADS_AT_ONCE places; other bodies are small and need a thread alone. Half is for one owner.
        """
        with self.lock:
            now = self.clock()
            for held in self._held:
                held.judge(now)
            self._require_room(owner, is_upload=is_upload)
            place = BodyPlace(self, owner, is_upload=is_upload)
            self._held.append(place)
        try:
            yield place
        finally:
            with self.lock:
                self._held.remove(place)

    def count(self) -> int:
        """Return how many threads are held by bodies, lost ones too."""
        with self.lock:
            return len(self._held)

    def _require_room(self, owner: Hashable, *, is_upload: bool) -> None:
        own = [place for place in self._held if place.owner == owner]
        if len(own) >= MAX_THREADS // 2 or (is_upload and _uploads(own) >= max(1, settings.UPLOADS_AT_ONCE // 2)):
            raise _busy("You have as many transfers running as one user may have at a time; wait until one has ended.")
        if len(self._held) >= MAX_THREADS or (is_upload and _uploads(self._held) >= settings.UPLOADS_AT_ONCE):
            raise _busy("Too many transfers are running; try again soon.")


def _uploads(places: list[BodyPlace]) -> int:
    return sum(place.is_upload and not place.is_lost for place in places)


def _busy(detail: str) -> Busy:
    return Busy(detail, headers={"Retry-After": RETRY_AFTER_SECONDS})


PLACES = BodyPlaces()
