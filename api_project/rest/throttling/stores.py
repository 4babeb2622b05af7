"""Where requests are counted: a small file for the processes of one machine, or the cache that several share.

Never the main database: a write for each request would take SQLite's one write lock from what matters.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Protocol

from django.core.cache import BaseCache, caches

# A count is worth no waiting: whoever waits longer passes uncounted.
BUSY_SECONDS = 0.25
TIDY_SECONDS = 60
SIDE_FILES = ("-wal", "-shm")
TABLE = "CREATE TABLE IF NOT EXISTS bucket (name TEXT PRIMARY KEY, ends INTEGER, used INTEGER) WITHOUT ROWID"
COUNT = """
    INSERT INTO bucket (name, ends, used) VALUES (?, ?, 1)
    ON CONFLICT (name) DO UPDATE
    SET used = CASE WHEN ends = excluded.ends THEN used + 1 ELSE 1 END, ends = excluded.ends
    RETURNING used
"""


class Store(Protocol):
    def count(self, bucket: str, ends: int, now: float) -> int:
        """Count a request in the window that ends then, and return how many there are. May raise anything."""


class FileStore:
    """A SQLite file of its own. One connection for all threads: they would only wait for each other in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        self._tidied = 0.0

    def count(self, bucket: str, ends: int, now: float) -> int:
        with self._lock:
            try:
                self._tidy(now)
                connection = self._connection or self._open()
                (used,) = connection.execute(COUNT, (bucket, ends)).fetchone()
            except sqlite3.DatabaseError:
                self._close()
                raise
        return int(used)

    def close(self) -> None:
        with self._lock:
            self._close()

    def _tidy(self, now: float) -> None:
        """Once a minute, drop windows that are over, and notice when the file is another one."""
        if self._connection is None or abs(now - self._tidied) < TIDY_SECONDS:
            return
        self._tidied = now
        if not self.path.exists() or self.path.stat().st_ino != self._inode:
            self._close()
            return
        self._connection.execute("DELETE FROM bucket WHERE ends <= ?", (int(now),))

    def _open(self) -> sqlite3.Connection:
        # What a power cut left may be torn, since nothing is synced; one process at a time finds out and begins anew.
        with _locked(self.path.with_suffix(".lock")):
            if not _is_sound(self.path):
                for suffix in ("", *SIDE_FILES):
                    Path(f"{self.path}{suffix}").unlink(missing_ok=True)
            self._connection = _connect(self.path)
            self._inode = self.path.stat().st_ino
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


class CacheStore:
    """Django's cache, where that is Redis: several machines count together."""

    def count(self, bucket: str, ends: int, now: float) -> int:
        cache: BaseCache = caches["default"]
        key = f"requests:{bucket}:{ends}"
        try:
            return cache.incr(key)
        except ValueError:
            # Longer than the window lasts, for machines whose clocks are behind.
            cache.add(key, 0, timeout=max(1, ends - int(now)) + TIDY_SECONDS)
            return cache.incr(key)


def _connect(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute(TABLE)
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _is_sound(path: Path) -> bool:
    try:
        with closing(_connect(path)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.OperationalError:
        # Busy, full, away: that says nothing against what is in it.
        return True
    except sqlite3.DatabaseError:
        return False


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
