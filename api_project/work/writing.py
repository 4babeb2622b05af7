"""Short transactions of which a process makes many at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

_turn = threading.Lock()


@contextmanager
def writing() -> Iterator[None]:
    """Run a block in a transaction; on SQLite one at a time of all that this process begins so.

    SQLite has one lock for all who write. Who finds it taken sleeps, for up to 100 ms, before looking again, which
    threads of one process can do better. Only for what waits for nothing but the database.
    """
    # Who has SQLite's lock already must not wait for one who waits for that.
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            yield
    else:
        with _turn, transaction.atomic():
            yield
