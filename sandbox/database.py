"""One SQLite file for all stand-ins: committed means on the disk."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Database:
    """One connection behind a lock; this process is the only one that opens the file."""

    def __init__(self, path: Path, schemas: Iterable[str]) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        # With the default (NORMAL under WAL) an answered request could be lost when power fails.
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        for schema in schemas:
            self._connection.executescript(schema)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit what the block does, or nothing of it when it raises."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, sql: str, parameters: Iterable[Any] = ()) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(sql, tuple(parameters)).fetchall()

    def row(self, sql: str, parameters: Iterable[Any] = ()) -> sqlite3.Row | None:
        with self._lock:
            found: sqlite3.Row | None = self._connection.execute(sql, tuple(parameters)).fetchone()
            return found

    def change(self, sql: str, parameters: Iterable[Any] = ()) -> int:
        """Run one statement in a transaction of its own and return how many rows it changed."""
        with self.transaction() as connection:
            return connection.execute(sql, tuple(parameters)).rowcount

    def close(self) -> None:
        with self._lock:
            self._connection.close()
