"""Taking the words of what was deleted out of SQLite's index, where older versions leave them until they are merged."""

import sqlite3

from django.db import connection

INDEX = "transcripts_searchindex"
# Since then a DELETE takes the words away itself, as the migration that makes the index tells it to.
SECURE_SINCE = (3, 42)
# A megabyte or so in each transaction, so that nobody waits long for the one lock.
PAGES_AT_ONCE = 256


def search_purge() -> None:
    """Merge the index into one piece, in small steps; afterwards no word of a deleted transcript stands in it.

    That is https://www.sqlite.org/fts5.html#the_merge_command with a negative number, until it finds nothing to do.
    PostgreSQL takes what is deleted away by its own vacuum.
    """
    while _keeps_deleted_words() and _merge_some():
        pass


def _keeps_deleted_words() -> bool:
    return connection.vendor == "sqlite" and sqlite3.sqlite_version_info < SECURE_SINCE


def _merge_some() -> bool:
    connection.ensure_connection()
    before = connection.connection.total_changes
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {INDEX} ({INDEX}, rank) VALUES ('merge', %s)", [-PAGES_AT_ONCE])  # noqa: S608
    return bool(connection.connection.total_changes - before > 1)
