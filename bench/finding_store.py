"""`python -m bench.finding_store --size N`: fill an empty, migrated database, and print how to ask for it.

The rows are written in bulk, and the words of the search by the product's own code.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

import django

from bench.finding_rows import COMMON, END, OWNERS, PERIOD, TEXTS, Row, rows

BATCH = 5_000


def main() -> int:
    """Fill, print a key of each owner and cursors as JSON, and return the exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, required=True)
    size = parser.parse_args().size
    django.setup()
    from django.db import connection

    keys, owners = _owners()
    store: Any = (_Postgresql if connection.vendor == "postgresql" else _Sqlite)(owners)
    store.begin()
    made = rows(size)
    while batch := list(islice(made, BATCH)):
        store.write(batch)
    store.end()
    print(json.dumps({"keys": keys, "cursors": cursors()}))
    return 0


def cursors() -> dict[str, str]:
    """Return cursors of pages far behind the first: of the list, and of a search for the common word."""
    from api_project.rest.pagination import Cursor, scope_of
    from transcripts.finding.documents import number_at

    milliseconds = int((END - 0.9 * PERIOD).timestamp() * 1000)
    return {
        "list": Cursor(milliseconds << 80).text(scope_of({})),
        "search": Cursor(number_at(milliseconds)).text(scope_of({"search": COMMON})),
    }


def _owners() -> tuple[dict[str, str], dict[str, int]]:
    """Make the owners; return their keys and their ids."""
    from api_project.rest.api_keys.services import api_key_create
    from api_project.rest.services import user_ensure

    users = {name: user_ensure(username=name) for name in OWNERS}
    keys = {name: api_key_create(user=user, name="bench", scope="read")[1] for name, user in users.items()}
    return keys, {name: user.pk for name, user in users.items()}


class _Table:
    """Columns of a model, and values for them: those of a fresh instance but for what is given."""

    def __init__(self, model: Any) -> None:
        from django.db import connection

        self.name = model._meta.db_table
        fresh, fields = model(), list(model._meta.concrete_fields)
        self.columns = [field.column for field in fields]
        self._defaults = [field.get_db_prep_save(getattr(fresh, field.attname), connection) for field in fields]
        self._places = {field.attname: (place, field) for place, field in enumerate(fields)}
        self._connection = connection

    def values(self, given: dict[str, Any]) -> list[Any]:
        """Return a value for each column."""
        found = list(self._defaults)
        for name, value in given.items():
            place, field = self._places[name]
            found[place] = value if isinstance(value, str) else field.get_db_prep_save(value, self._connection)
        return found


class _Store:
    def __init__(self, owners: dict[str, int]) -> None:
        from transcripts.models import SearchEntry, Transcript, TranscriptResult

        self._owners = owners
        self._transcripts, self._results, self._entries = map(_Table, (Transcript, TranscriptResult, SearchEntry))

    def write(self, batch: Sequence[Row]) -> None:
        from django.db import transaction

        with transaction.atomic():
            self.insert(self._transcripts, (_transcript(row, self._owners) for row in batch))
            self.insert(self._results, (_result(row) for row in batch if row.text and not row.deleted))
            searched = [row for row in batch if (row.title or row.text) and not row.deleted]
            self.index(self._entries, [_document(row, self._owners[row.owner]) for row in searched])

    def insert(self, table: _Table, given: Iterable[dict[str, Any]]) -> None:
        raise NotImplementedError

    def index(self, table: _Table, documents: Sequence[Any]) -> None:
        raise NotImplementedError


class _Sqlite(_Store):
    def begin(self) -> None:
        self._execute("PRAGMA synchronous = OFF")

    def insert(self, table: _Table, given: Iterable[dict[str, Any]]) -> None:
        self._many(table.name, table.columns, (table.values(values) for values in given))

    def index(self, table: _Table, documents: Sequence[Any]) -> None:
        from transcripts.finding.engines.sqlite import INDEX, _columns

        self.insert(table, map(_entry, documents))
        self._many(INDEX, ["title", "text", "tags", "rowid"], map(_columns, documents))

    def end(self) -> None:
        self._execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _many(self, table: str, columns: Sequence[str], values: Iterable[Sequence[Any]]) -> None:
        from django.db import connection

        places = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"
        connection.ensure_connection()
        connection.connection.executemany(statement, values)

    def _execute(self, statement: str) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(statement)


class _Postgresql(_Store):
    INDEX = "transcripts_search_tokens"

    def begin(self) -> None:
        # Made at once in the end it takes a tenth of the time.
        self._execute(f"DROP INDEX {self.INDEX}")

    def insert(self, table: _Table, given: Iterable[dict[str, Any]]) -> None:
        self._copy(table.name, table.columns, (table.values(values) for values in given))

    def index(self, table: _Table, documents: Sequence[Any]) -> None:
        from transcripts.finding.engines.tsvector import tsvector

        columns = ["id", "transcript_id", "owner_id", "words", "tokens"]
        values = ([d.number, d.transcript_id, d.owner_id, d.words, tsvector(d)] for d in documents)
        self._copy(table.name, columns, values)

    def end(self) -> None:
        self._execute("SET maintenance_work_mem = '512MB'")
        self._execute(
            f"CREATE INDEX {self.INDEX} ON transcripts_searchentry USING gin (tokens) WITH (fastupdate = off)"
        )
        # As autovacuum does after a while.
        self._execute("VACUUM ANALYZE")

    def _copy(self, table: str, columns: Sequence[str], values: Iterable[Sequence[Any]]) -> None:
        from django.db import connection

        with (
            connection.cursor() as cursor,
            cursor.cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
        ):
            for row in values:
                copy.write_row(row)

    def _execute(self, statement: str) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(statement)


def _transcript(row: Row, owners: dict[str, int]) -> dict[str, Any]:
    ended = row.status in ("completed", "error")
    return {
        "id": row.id,
        "owner_id": owners[row.owner],
        "status": row.status,
        "source": row.source,
        "title": row.title,
        # Its default is the database's, which these statements do not ask.
        "webhook_url": "",
        "call_id": row.call_id,
        "excerpt": row.text[:200],
        "audio_duration": 60 if row.text else None,
        "error_code": "gave_up" if row.status == "error" else "",
        "created_at": row.created_at,
        "completed_at": row.created_at if ended else None,
        "deleted_at": row.created_at if row.deleted else None,
        "erased_at": row.created_at if row.deleted else None,
    }


def _entry(document: Any) -> dict[str, Any]:
    return {
        "id": document.number,
        "transcript_id": document.transcript_id,
        "owner_id": document.owner_id,
        "words": document.words,
    }


def _result(row: Row) -> dict[str, Any]:
    return {"transcript_id": row.id, "text": row.text, "word_count": 100, "stored_at": row.created_at}


def _document(row: Row, owner_id: int) -> Any:
    from transcripts.finding.documents import Document, first_number, tags
    from transcripts.finding.tokens import tokens

    return Document(
        number=first_number(row.id),
        transcript_id=row.id,
        owner_id=owner_id,
        title=tokens(row.title),
        text=[*row.marks.split(), *_words(row.spoken)],
        tags=tags(owner_id=owner_id, source=row.source, call_id=row.call_id, status=row.status),
    )


@lru_cache(maxsize=TEXTS)
def _words(text: str) -> list[str]:
    from transcripts.finding.tokens import tokens

    return tokens(text)


if __name__ == "__main__":
    sys.exit(main())
