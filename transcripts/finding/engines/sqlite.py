"""Searching with SQLite's FTS5. Its index is in the order of our numbers, so the newest matches come unsorted."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.db import OperationalError, connection
from django.db.models.expressions import RawSQL

from transcripts.exceptions import SearchTooSlow
from transcripts.finding.documents import Document
from transcripts.finding.engines.base import Deadline, Match, Search
from transcripts.finding.questions import Alternative, Phrase, Question
from transcripts.finding.ranking import score
from transcripts.models import SearchEntry

INDEX = "transcripts_searchindex"
# Words that an entry loses are left in the index until they are purged; it mostly just gets a text, and a new tag.
COUNT_LOST = (
    "UPDATE transcripts_searchpurge SET deleted = deleted + 1 WHERE EXISTS (SELECT 1 FROM transcripts_searchindex"
    " WHERE rowid = %s AND (title <> %s OR text NOT IN ('', %s)))"
)
# After so many steps of SQLite's machine it looks at the clock. FTS5 does much in one step, so they are few.
STEPS = 200


class SqliteEngine:
    """Keeps words, and tags as words of a column of their own, in `transcripts_searchindex`."""

    def insert(self, document: Document) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO transcripts_searchentry (id, transcript_id, owner_id, words) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT DO NOTHING",
                [document.number, document.transcript_id.hex, document.owner_id, document.words],
            )
            if not cursor.rowcount:
                return False
            cursor.execute(
                "INSERT INTO transcripts_searchindex (title, text, tags, rowid) VALUES (%s, %s, %s, %s)",
                _columns(document),
            )
        return True

    def replace(self, document: Document) -> None:
        with connection.cursor() as cursor:
            cursor.execute(COUNT_LOST, [document.number, *_columns(document)[:2]])
            cursor.execute(
                "UPDATE transcripts_searchentry SET words = %s WHERE id = %s", [document.words, document.number]
            )
            cursor.execute(
                "UPDATE transcripts_searchindex SET title = %s, text = %s, tags = %s WHERE rowid = %s",
                _columns(document),
            )

    def find(self, search: Search, *, limit: int, oldest_first: bool) -> Sequence[Match]:
        # What is joined into the statements is our own; what is asked for goes in as a value.
        found = SearchEntry.objects.filter(search.filters.beyond_tags("transcript__")).extra(  # noqa: S610
            tables=[INDEX],
            where=[
                f"{INDEX} MATCH %s",
                f"{INDEX}.rowid >= %s AND {INDEX}.rowid < %s",
                f"{INDEX}.rowid = transcripts_searchentry.id",
            ],
            params=[fts5_query(search.question, search.tags), search.first, search.end],
        )
        order = RawSQL(f"{INDEX}.rowid", [])  # noqa: S611 - no value is in it
        ordered = found.order_by(order.asc() if oldest_first else order.desc())
        with _bounded(search.deadline):
            return [Match(*row) for row in ordered.values_list("id", "transcript_id", "words")[:limit]]

    def scores(self, numbers: Collection[int], words: Iterable[str]) -> dict[int, float]:
        words = list(words)
        places = ", ".join(["%s"] * len(numbers))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT rowid, title, text FROM {INDEX} WHERE rowid IN ({places})",  # noqa: S608
                list(numbers),
            )
            return {number: score(title, text, words) for number, title, text in cursor}


@contextmanager
def _bounded(deadline: Deadline) -> Iterator[None]:
    """Interrupt what is asked within this when the time is over. Raises SearchTooSlow then."""
    connection.ensure_connection()
    deadline.check()
    connection.connection.set_progress_handler(lambda: deadline.left <= 0, STEPS)
    try:
        yield
    except OperationalError as exc:
        if getattr(exc.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            raise SearchTooSlow from exc
        raise
    finally:
        connection.connection.set_progress_handler(None, 0)


def fts5_query(question: Question, tags: Iterable[str]) -> str:
    """Return a question as FTS5 writes it; words and tags are made of characters that need no escaping."""
    tagged = " AND ".join(f'tags : "{tag}"' for tag in tags)
    return " OR ".join(f"({_alternative(found, tagged)})" for found in question.alternatives)


def _alternative(alternative: Alternative, tagged: str) -> str:
    wanted = " AND ".join([tagged, *map(_phrase, alternative.wanted)])
    unwanted = " OR ".join(map(_phrase, alternative.unwanted))
    return f"({wanted}) NOT ({unwanted})" if unwanted else wanted


def _phrase(phrase: Phrase) -> str:
    return '{title text} : "' + " ".join(phrase) + '"'


def _columns(document: Document) -> list[str | int]:
    parts = (document.title, document.text, document.tags)
    return [*(" ".join(part) for part in parts), document.number]
