"""Uploads, transcripts and results as rows. What a method here returns is committed."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sandbox.database import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS assemblyai_uploads (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    url TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    created REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS assemblyai_transcripts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('queued', 'processing', 'completed', 'error')),
    request TEXT NOT NULL,
    upload_id TEXT,
    created TEXT NOT NULL,
    completed TEXT,
    error TEXT,
    -- how often the process died while the job was in hand
    attempts INTEGER NOT NULL DEFAULT 0,
    webhook_status_code INTEGER,
    erased INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS assemblyai_transcripts_open
    ON assemblyai_transcripts (seq) WHERE status IN ('queued', 'processing');
CREATE TABLE IF NOT EXISTS assemblyai_results (
    transcript_id TEXT PRIMARY KEY REFERENCES assemblyai_transcripts (id),
    body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS assemblyai_webhooks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    transcript_id TEXT NOT NULL REFERENCES assemblyai_transcripts (id),
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due REAL,
    outcome TEXT CHECK (outcome IN ('delivered', 'failed', 'dropped'))
);
CREATE INDEX IF NOT EXISTS assemblyai_webhooks_open ON assemblyai_webhooks (due) WHERE outcome IS NULL;
"""
# What the real one puts in the place of what a DELETE has blanked.
DELETED_URL = "http://deleted_by_user"
DELETED_TEXT = "Deleted by user."


@dataclass(frozen=True, slots=True)
class Transcript:
    seq: int
    id: str
    account: str
    status: str
    request: dict[str, Any]
    upload_id: str | None
    created: str
    completed: str | None
    error: str | None
    attempts: int
    webhook_status_code: int | None
    erased: bool

    @classmethod
    def of(cls, row: sqlite3.Row) -> Transcript:
        values = dict(row)
        return cls(**{**values, "request": json.loads(values["request"]), "erased": bool(values["erased"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which transcripts to list; ids are positions, both exclusive."""

    limit: int
    status: str = ""
    created_on: str = ""
    before_seq: int | None = None
    after_seq: int | None = None


class Store:
    def __init__(self, database: Database) -> None:
        self._database = database

    # Uploads

    def add_upload(self, upload_id: str, *, account: str, url: str, size: int) -> None:
        self._database.change(
            "INSERT INTO assemblyai_uploads (id, account, url, size, created) VALUES (?, ?, ?, ?, ?)",
            (upload_id, account, url, size, time.time()),
        )

    def find_upload(self, url: str, account: str) -> str | None:
        """Return the id of an account's upload, by the exact address that was given for it."""
        row = self._database.row("SELECT id FROM assemblyai_uploads WHERE url = ? AND account = ?", (url, account))
        return row["id"] if row else None

    def remove_upload(self, upload_id: str) -> None:
        """Forget an upload, and end the jobs that still need it."""
        with self._database.transaction() as connection:
            _drop_upload(connection, upload_id)

    def upload_ids(self, *, created_before: float | None = None) -> set[str]:
        before = float("inf") if created_before is None else created_before
        return {
            row["id"] for row in self._database.rows("SELECT id FROM assemblyai_uploads WHERE created < ?", (before,))
        }

    # Transcripts

    def add_transcript(self, *, account: str, request: dict[str, Any], upload_id: str | None) -> Transcript:
        transcript_id = str(uuid4())
        self._database.change(
            "INSERT INTO assemblyai_transcripts (id, account, status, request, upload_id, created)"
            " VALUES (?, ?, 'queued', ?, ?, ?)",
            (transcript_id, account, json.dumps(request), upload_id, now()),
        )
        return self.get(transcript_id)

    def get(self, transcript_id: str) -> Transcript:
        """Raise KeyError."""
        row = self._database.row("SELECT * FROM assemblyai_transcripts WHERE id = ?", (transcript_id,))
        if row is None:
            raise KeyError(transcript_id)
        return Transcript.of(row)

    def unfinished(self) -> Iterator[str]:
        """Queue again what was in hand when the process died, and return all that is waiting, oldest first."""
        self._database.change(
            "UPDATE assemblyai_transcripts SET status = 'queued', attempts = attempts + 1 WHERE status = 'processing'"
        )
        rows = self._database.rows("SELECT id FROM assemblyai_transcripts WHERE status = 'queued' ORDER BY seq")
        return iter([row["id"] for row in rows])

    def start(self, transcript_id: str) -> bool:
        return bool(
            self._database.change(
                "UPDATE assemblyai_transcripts SET status = 'processing' WHERE id = ? AND status = 'queued'",
                (transcript_id,),
            )
        )

    def requeue(self, transcript_id: str) -> None:
        self._database.change(
            "UPDATE assemblyai_transcripts SET status = 'queued' WHERE id = ? AND status = 'processing'",
            (transcript_id,),
        )

    def requeue_all(self) -> None:
        """Put back what is in hand, at an orderly end: it has done nothing wrong."""
        self._database.change("UPDATE assemblyai_transcripts SET status = 'queued' WHERE status = 'processing'")

    def finish(self, transcript_id: str, *, result: dict[str, Any] | None = None, error: str | None = None) -> bool:
        """End a job with its result or its error, and note the webhook it owes, in one commit."""
        status = "completed" if error is None else "error"
        with self._database.transaction() as connection:
            moved = connection.execute(
                "UPDATE assemblyai_transcripts SET status = ?, error = ?, completed = ?"
                " WHERE id = ? AND status = 'processing'",
                (status, error, now(), transcript_id),
            ).rowcount
            if not moved:  # deleted or put back meanwhile
                return False
            if result is not None:
                connection.execute(
                    "INSERT INTO assemblyai_results (transcript_id, body) VALUES (?, ?)",
                    (transcript_id, json.dumps(result)),
                )
            _owe_webhook(connection, transcript_id)
        return True

    def result(self, transcript_id: str) -> dict[str, Any] | None:
        row = self._database.row("SELECT body FROM assemblyai_results WHERE transcript_id = ?", (transcript_id,))
        return json.loads(row["body"]) if row else None

    def erase(self, transcript_id: str, *, upload_id: str | None) -> None:
        """Blank the record and its upload; a job in hand finds it finished, and no webhook is sent any more.

        Other jobs that still need the upload end as `error`.
        """
        request = {"audio_url": DELETED_URL}
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM assemblyai_results WHERE transcript_id = ?", (transcript_id,))
            connection.execute(
                "DELETE FROM assemblyai_webhooks WHERE transcript_id = ? AND outcome IS NULL", (transcript_id,)
            )
            connection.execute(
                "UPDATE assemblyai_transcripts SET request = ?, error = NULL, erased = 1, upload_id = NULL,"
                " status = 'completed', completed = coalesce(completed, ?) WHERE id = ?",
                (json.dumps(request), now(), transcript_id),
            )
            if upload_id:
                _drop_upload(connection, upload_id)

    def page(self, account: str, page: Page) -> list[Transcript]:
        """Return transcripts newest first; after a position, the next newer ones."""
        where, values = ["account = ?"], [account]
        for condition, value in (
            ("status = ?", page.status),
            ("substr(created, 1, 10) = ?", page.created_on),
            ("seq < ?", page.before_seq),
            ("seq > ?", page.after_seq),
        ):
            if value not in ("", None):
                where.append(condition)
                values.append(value)  # type: ignore[arg-type]
        order = "ASC" if page.after_seq is not None and page.before_seq is None else "DESC"
        rows = self._database.rows(
            f"SELECT * FROM assemblyai_transcripts WHERE {' AND '.join(where)} ORDER BY seq {order} LIMIT ?",  # noqa: S608
            (*values, page.limit),
        )
        return sorted(map(Transcript.of, rows), key=lambda transcript: -transcript.seq)

    def open_transcripts(self, limit: int = 100) -> list[Transcript]:
        rows = self._database.rows(
            "SELECT * FROM assemblyai_transcripts WHERE status IN ('queued', 'processing') ORDER BY seq LIMIT ?",
            (limit,),
        )
        return [Transcript.of(row) for row in rows]

    def counts(self) -> dict[str, int]:
        rows = self._database.rows("SELECT status, count(*) AS number FROM assemblyai_transcripts GROUP BY status")
        return {row["status"]: row["number"] for row in rows}


def unreachable(audio_url: str) -> str:
    """Return the real one's error for an address that it cannot download."""
    return f"Download error, unable to access file at {audio_url}"


def _drop_upload(connection: sqlite3.Connection, upload_id: str) -> None:
    """Remove the row, and end every job that still needs it: how far each has got with reading must not matter."""
    connection.execute("DELETE FROM assemblyai_uploads WHERE id = ?", (upload_id,))
    stranded = connection.execute(
        "SELECT id, request FROM assemblyai_transcripts WHERE upload_id = ? AND status IN ('queued', 'processing')",
        (upload_id,),
    ).fetchall()
    for row in stranded:
        connection.execute(
            "UPDATE assemblyai_transcripts SET status = 'error', error = ?, completed = ? WHERE id = ?",
            (unreachable(json.loads(row["request"])["audio_url"]), now(), row["id"]),
        )
        _owe_webhook(connection, row["id"])


def _owe_webhook(connection: sqlite3.Connection, transcript_id: str) -> None:
    connection.execute(
        "INSERT INTO assemblyai_webhooks (transcript_id, status, due) SELECT id, status, ?"
        " FROM assemblyai_transcripts WHERE id = ? AND json_extract(request, '$.webhook_url') IS NOT NULL",
        (time.time(), transcript_id),
    )


def now() -> str:
    """Return the time as the real one writes it: UTC, microseconds, without an offset."""
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
