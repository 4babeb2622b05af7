"""How many answers with files one process sends at once, so that those who read slowly never hold every thread.

A thread sends until its client has read all but the last megabytes. One that stops reading is given up by the system
within two minutes (launch/keepalive.py), one that never stops trickling by `Pace`; until then these places bound them.
"""

import logging
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from threading import Lock

from api_project.rest.body_places import MIN_BYTES_PER_SECOND, PLACES, RETRY_AFTER_SECONDS, SLOW_FOR_SECONDS
from api_project.rest.exceptions import Busy

logger = logging.getLogger(__name__)

# Half as many as there are threads for clients to keep; half of these are for one owner.
LISTENERS_AT_ONCE = 12


class ReaderTooSlow(Exception):
    """The client reads less than MIN_BYTES_PER_SECOND; its answer is broken off, and it may ask for the rest."""


class Pace:
    """How fast one client takes its answer. `clock` is in seconds, from any beginning."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._taken = 0

    def check(self) -> None:
        """Raise ReaderTooSlow for a client that has been below the least speed for too long."""
        seconds = self._clock() - self._began
        if seconds > SLOW_FOR_SECONDS and self._taken < seconds * MIN_BYTES_PER_SECOND:
            extra = {"action": "rest.listener_too_slow"}
            logger.warning("A listener took %d bytes in %d seconds, and is cut off.", self._taken, seconds, extra=extra)
            raise ReaderTooSlow

    def took(self, size: int) -> None:
        self._taken += size


class ListenerPlaces:
    """The places of one process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._owners: list[Hashable] = []

    @contextmanager
    def hold(self, owner: Hashable) -> Iterator[None]:
        """Hold a place, and one of the threads for all bodies; raises Busy at once when there is none."""
        with self._lock:
            if self._owners.count(owner) >= LISTENERS_AT_ONCE // 2:
                raise _busy("You are being sent as many files as one user may at a time; wait until one has ended.")
            if len(self._owners) >= LISTENERS_AT_ONCE:
                raise _busy("Too many files are being sent; try again soon.")
            self._owners.append(owner)
        try:
            with PLACES.hold(owner, is_upload=False):
                yield
        finally:
            with self._lock:
                self._owners.remove(owner)


def _busy(detail: str) -> Busy:
    return Busy(detail, headers={"Retry-After": RETRY_AFTER_SECONDS})


LISTENERS = ListenerPlaces()
