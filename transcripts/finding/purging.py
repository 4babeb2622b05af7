"""Taking the words of what was deleted out of SQLite's index, where older versions leave them until they are merged."""

import time
from collections.abc import Callable

from django.db import connection

INDEX = "transcripts_searchindex"
# How often words were deleted or replaced, and how much of that was purged.
COUNTERS = "transcripts_searchpurge"
# Some hundred kilobytes in each transaction, for which the one lock is held some hundredths of a second.
PAGES_AT_ONCE = 64
# Whoever waits for SQLite's lock looks ten times a second; between two steps everybody has looked.
PAUSE_SECONDS = 0.1


def search_purge(*, sleep: Callable[[float], None] = time.sleep) -> None:
    """Leave no word of a deleted or changed transcript in the index; where none is in it, that costs nothing.

    The whole index is merged into one piece, in small steps that leave room for others. When it is interrupted, the
    next one goes on. PostgreSQL takes what is deleted away by its own vacuum.
    """
    if not _keeps_deleted_words():
        return
    deleted, purged = _counters()
    if deleted == purged:
        return
    while _merge_some():
        sleep(PAUSE_SECONDS)
    # What was deleted meanwhile is for the next time.
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {COUNTERS} SET purged = %s WHERE purged < %s", [deleted, deleted])  # noqa: S608


def _keeps_deleted_words() -> bool:
    """Tell whether a DELETE leaves words behind: from SQLite 3.42 on the migration has told the index not to."""
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT v FROM {INDEX}_config WHERE k = 'secure-delete'")  # noqa: S608
        return bool(cursor.fetchone() != (1,))


def _counters() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT deleted, purged FROM {COUNTERS}")  # noqa: S608
        deleted, purged = cursor.fetchone()
        return deleted, purged


def _merge_some() -> bool:
    """Merge some pages and tell whether that was not all: https://www.sqlite.org/fts5.html#the_merge_command."""
    connection.ensure_connection()
    before = connection.connection.total_changes
    with connection.cursor() as cursor:
        # A negative number begins by taking all pieces for mergeable, also when there is only one that has leftovers.
        cursor.execute(f"INSERT INTO {INDEX} ({INDEX}, rank) VALUES ('merge', %s)", [-PAGES_AT_ONCE])  # noqa: S608
    return bool(connection.connection.total_changes - before > 1)
