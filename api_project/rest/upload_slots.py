"""How many uploads one process takes at once, so that slow ones never hold every thread."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from django.conf import settings

from api_project.rest.exceptions import Unavailable

RETRY_AFTER_SECONDS = "5"

_lock = Lock()
_taken = 0


@contextmanager
def upload_slot() -> Iterator[None]:
    """Hold one of UPLOADS_AT_ONCE places for the block; raises Unavailable at once when there is none."""
    global _taken
    with _lock:
        if _taken >= settings.UPLOADS_AT_ONCE:
            raise Unavailable(
                "Too many uploads are running; try again soon.", headers={"Retry-After": RETRY_AFTER_SECONDS}
            )
        _taken += 1
    try:
        yield
    finally:
        with _lock:
            _taken -= 1
