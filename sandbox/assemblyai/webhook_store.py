"""Webhooks that are owed, as rows; a transcript's end makes them."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sandbox.database import Database


@dataclass(frozen=True, slots=True)
class Webhook:
    id: int
    transcript_id: str
    status: str
    attempts: int
    due: float | None


class WebhookStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, moment: float) -> list[Webhook]:
        rows = self._database.rows(
            "SELECT id, transcript_id, status, attempts, due FROM assemblyai_webhooks"
            " WHERE outcome IS NULL AND due <= ? ORDER BY due, id",
            (moment,),
        )
        return [Webhook(**dict(row)) for row in rows]

    def release(self) -> None:
        """Make those that were held back due again."""
        self._database.change(
            "UPDATE assemblyai_webhooks SET due = ? WHERE outcome IS NULL AND due IS NULL", (time.time(),)
        )

    def reschedule(self, webhook_id: int, *, due: float | None) -> None:
        self._database.change("UPDATE assemblyai_webhooks SET due = ? WHERE id = ?", (due, webhook_id))

    def log(self, webhook: Webhook, *, code: int | None, outcome: str | None = None, due: float | None = None) -> None:
        """Count an attempt: the code that came back, and what follows from it."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE assemblyai_webhooks SET attempts = attempts + 1, outcome = ?, due = ? WHERE id = ?",
                (outcome, due, webhook.id),
            )
            connection.execute(
                "UPDATE assemblyai_transcripts SET webhook_status_code = coalesce(?, webhook_status_code)"
                " WHERE id = ? AND NOT erased",
                (code, webhook.transcript_id),
            )
