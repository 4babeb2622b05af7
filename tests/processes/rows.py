"""What the service's database holds, read from outside and not through the product's own code."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

WORK_TABLES = ("transcripts_transcript", "transcripts_submission", "webhooks_receivedevent")


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

    def transcripts(self) -> dict[str, tuple[str, str]]:
        """Return status and the provider's id, by id."""
        rows = self.select("SELECT id, status, provider_id FROM transcripts_transcript")
        return {_uuid(row[0]): (row[1], row[2]) for row in rows}

    def completions(self) -> Counter[str]:
        """Return how often each transcript moved to `completed`."""
        rows = self.select("SELECT transcript_id FROM transcripts_transcriptmove WHERE to_status = 'completed'")
        return Counter(_uuid(row[0]) for row in rows)

    def results(self) -> list[str]:
        return sorted(_uuid(row[0]) for row in self.select("SELECT transcript_id FROM transcripts_transcriptresult"))

    def submissions(self) -> list[int]:
        """Return the numbers of all submissions, whosever they are."""
        return sorted(row[0] for row in self.select("SELECT number FROM transcripts_submission"))

    def started(self) -> int:
        """Return how many submissions have been started, as far as the database knows."""
        return len(self.select("SELECT id FROM transcripts_submission WHERE started_at IS NOT NULL"))

    def events(self) -> list[tuple[str, str]]:
        """Return status and detail of every received event."""
        return [(row[0], row[1]) for row in self.select("SELECT status, detail FROM webhooks_receivedevent")]

    def event_bodies(self) -> list[str]:
        return [row[0] for row in self.select("SELECT body FROM webhooks_receivedevent WHERE body <> ''")]

    def audio_names(self) -> set[str]:
        """Return the names of the audio files that rows know."""
        return {row[0] for row in self.select("SELECT audio FROM transcripts_transcript WHERE audio <> ''")}

    def unsettled(self) -> list[str]:
        """Return what is still to be done or in somebody's hands, in words; nothing when all work is at its end."""
        found = [
            f"{table} {row[0]} waits or is leased"
            for table in WORK_TABLES
            for row in self.select(
                f"SELECT id FROM {table} WHERE next_attempt_at IS NOT NULL OR lease_token IS NOT NULL"
            )
        ]
        return found + [
            f"transcript {row[0]} is {row[1]}"
            for row in self.select("SELECT id, status FROM transcripts_transcript WHERE deleted_at IS NULL")
            if row[1] not in ("completed", "error")
        ]

    def not_erased(self) -> int:
        return len(
            self.select("SELECT id FROM transcripts_transcript WHERE deleted_at IS NOT NULL AND erased_at IS NULL")
        )


def _uuid(value: Any) -> str:
    """Return an id as the REST API writes it: SQLite keeps it as 32 digits."""
    return str(UUID(str(value)))
