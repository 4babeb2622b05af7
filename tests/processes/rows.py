"""What the service's database holds, read from outside and not through the product's own code."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

# With the column that names a row.
WORK_TABLES = {
    "transcripts_transcript": "id",
    "transcripts_submission": "id",
    "transcripts_redactedaudio": "transcript_id",
    "webhooks_receivedevent": "id",
    "webhooks_deliveryslot": "id",
}


class Rows:
    def __init__(self, data_dir: Path, database_url: str) -> None:
        self._file = data_dir / "db.sqlite3"
        self._url = database_url

    def select(self, sql: str) -> list[tuple[Any, ...]]:
        """Return all rows of a query that both databases understand."""
        if self._url:
            with psycopg.connect(self._url) as connection:
                return connection.execute(sql.encode()).fetchall()
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True, timeout=20)) as connection:
            return connection.execute(sql).fetchall()

    def transcripts(self) -> dict[str, str]:
        """Return the provider's id of every transcript that is not deleted, by its own id."""
        rows = self.select("SELECT id, provider_id FROM transcripts_transcript WHERE deleted_at IS NULL")
        return {_uuid(row[0]): row[1] for row in rows}

    def completions(self) -> Counter[str]:
        """Return how often each of them moved to `completed`."""
        rows = self.select(
            "SELECT t.id FROM transcripts_transcriptmove m JOIN transcripts_transcript t ON t.id = m.transcript_id"
            " WHERE m.to_status = 'completed' AND t.deleted_at IS NULL"
        )
        return Counter(_uuid(row[0]) for row in rows)

    def results(self) -> list[str]:
        return sorted(_uuid(row[0]) for row in self.select("SELECT transcript_id FROM transcripts_transcriptresult"))

    def submissions(self, transcript_id: str) -> list[tuple[int, str, str]]:
        """Return number, upload and webhook address of each submission of a transcript, in order."""
        rows = self.select("SELECT transcript_id, number, upload_url, webhook_url FROM transcripts_submission")
        return sorted(row[1:] for row in rows if _uuid(row[0]) == transcript_id)

    def events(self, transcript_id: str) -> list[tuple[str, str]]:
        """Return status and detail of every event that was received about a transcript."""
        rows = self.select("SELECT subject, status, detail FROM webhooks_receivedevent")
        return [row[1:] for row in rows if _uuid(row[0]) == transcript_id]

    def event_bodies(self) -> list[str]:
        return [row[0] for row in self.select("SELECT body FROM webhooks_receivedevent WHERE body <> ''")]

    def told_bodies(self) -> list[str]:
        """Return what third parties were, or are to be, told of things that are not deleted."""
        return [
            row[0]
            for row in self.select(
                "SELECT body FROM webhooks_eventpayload p JOIN webhooks_event e ON e.id = p.event_id"
                " WHERE body <> '' AND e.type <> 'transcript.deleted'"
            )
        ]

    def attempts(self, event_id: str) -> tuple[str, list[int]]:
        """Return the state of the one delivery of an event, and the numbers of the attempts that were logged."""
        rows = self.select(
            "SELECT d.event_id, d.status, a.number FROM webhooks_delivery d"
            " JOIN webhooks_attempt a ON a.delivery_id = d.id ORDER BY a.number"
        )
        found = [row[1:] for row in rows if _uuid(row[0]) == event_id]
        return found[0][0], [number for _, number in found]

    def audio_names(self) -> set[str]:
        """Return the names of the audio files that rows know."""
        tables = ("transcripts_transcript", "transcripts_redactedaudio")
        return {row[0] for table in tables for row in self.select(f"SELECT audio FROM {table} WHERE audio <> ''")}

    def by_content(self) -> dict[str, list[str]]:
        """Return the ids of the transcripts that are not deleted by their file's SHA-256."""
        found: dict[str, list[str]] = {}
        for row in self.select("SELECT file_sha256, id FROM transcripts_transcript WHERE deleted_at IS NULL"):
            found.setdefault(row[0], []).append(_uuid(row[1]))
        return found

    def unsettled(self) -> list[str]:
        """Return what is still to be done or in somebody's hands, in words; nothing when all work is at its end."""
        due = "next_attempt_at IS NOT NULL OR lease_token IS NOT NULL"
        not_ended = "deleted_at IS NULL AND status IN ('queued', 'processing')"
        not_erased = "deleted_at IS NOT NULL AND erased_at IS NULL"
        unended = ("transcripts_transcript", f"({not_ended}) OR ({not_erased})")
        waiting = [
            f"delivery {row[0]}" for row in self.select("SELECT id FROM webhooks_delivery WHERE ended_at IS NULL")
        ]
        return waiting + [
            f"{table} {row[0]}"
            for table, condition in [*((table, due) for table in WORK_TABLES), unended]
            for row in self.select(f"SELECT {WORK_TABLES[table]} FROM {table} WHERE {condition}")
        ]


def _uuid(value: Any) -> str:
    """Return an id as the REST API writes it: SQLite keeps it as 32 digits."""
    return str(UUID(str(value)))
