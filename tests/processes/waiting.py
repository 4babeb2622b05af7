"""Waiting for what other processes do, without a limit that anything is measured by."""

import time
from collections.abc import Callable

PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.05


def wait_until(condition: Callable[[], bool], what: str | Callable[[], object]) -> None:
    """Wait until the condition holds; fail, telling `what` did not come, only when it never does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited in vain: {what if isinstance(what, str) else what()}.")
        time.sleep(LOOK_SECONDS)
