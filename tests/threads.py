"""Doing things at the same time, in threads with connections of their own."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections

PATIENCE = 30
LOOK_SECONDS = 0.01


@contextmanager
def in_thread(work: Callable[[], Any]) -> Iterator[threading.Thread]:
    """Run `work` with connections of its own; what it raises fails the test."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as exc:
            failed.append(exc)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    yield thread
    thread.join(PATIENCE)
    assert not thread.is_alive() and failed == [], failed


class Standstill:
    """A function of the product that stands still before it begins, until it is let go; wrapped, not replaced."""

    def __init__(self, owner: Any, name: str) -> None:
        self._owner, self._name, self._original = owner, name, getattr(owner, name)
        self._reached, self._let_go = threading.Event(), threading.Event()

    def __enter__(self) -> "Standstill":
        setattr(self._owner, self._name, self._stand_still)
        return self

    def __exit__(self, *exc: object) -> None:
        self.let_go()
        setattr(self._owner, self._name, self._original)

    def _stand_still(self, *args: Any, **kwargs: Any) -> Any:
        self._reached.set()
        assert self._let_go.wait(PATIENCE)
        return self._original(*args, **kwargs)

    def wait_for_somebody(self) -> None:
        assert self._reached.wait(PATIENCE)

    def let_go(self) -> None:
        self._let_go.set()


def both(work: Callable[[], Any], owner: Any, name: str, other: Callable[[], Any]) -> None:
    """Begin `work`, and `other` when `work` is about to call the function of that name, in its transaction."""
    with Standstill(owner, name) as standstill, in_thread(work):
        standstill.wait_for_somebody()
        with in_thread(other) as thread:
            wait_until_ended_or_blocked(thread)
            standstill.let_go()


def wait_until_ended_or_blocked(thread: threading.Thread) -> None:
    """Wait until a thread has come to its end, or waits for a lock of the database.

    On SQLite nobody can be seen waiting, nor need be: who has begun a transaction has the one lock and waits for none.
    """
    until = time.monotonic() + PATIENCE
    while connection.vendor == "postgresql" and thread.is_alive() and not _is_anybody_blocked():
        assert time.monotonic() < until
        thread.join(LOOK_SECONDS)


def _is_anybody_blocked() -> bool:
    # Not pg_stat_activity: a transaction sees that as it was when it looked first. A row's lock names no database.
    here = "SELECT pid FROM pg_locks JOIN pg_database ON oid = database WHERE datname = current_database()"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pid IN ({here}))")
        return bool(cursor.fetchone()[0])
