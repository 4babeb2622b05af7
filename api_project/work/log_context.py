"""Which step of which row a log record comes from, whatever library wrote it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_in_hand: ContextVar[tuple[str, Any] | None] = ContextVar("work_in_hand", default=None)


@contextmanager
def logged_as(step: str, about: Any) -> Iterator[None]:
    """Put the step, and the id of what it works on, on every record that this thread writes in the block."""
    token = _in_hand.set((step, about))
    try:
        yield
    finally:
        _in_hand.reset(token)


class WorkFilter(logging.Filter):
    """Write them as `step` and `about`; hang it on handlers, so that records of libraries have them too."""

    def filter(self, record: logging.LogRecord) -> bool:
        if in_hand := _in_hand.get():
            record.step, record.about = in_hand
        return True
