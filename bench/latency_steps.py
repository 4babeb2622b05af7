"""Where the time of one transcript went, from the times in its rows, the provider's list and the worker's log."""

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import requests

from bench.databases import Sql
from bench.service import BenchmarkFailed

ROW = """
SELECT submission.uploaded_at, transcript.provider_id, transcript.completed_at, event.id, event.received_at
FROM transcripts_transcript AS transcript
JOIN transcripts_submission AS submission ON submission.transcript_id = transcript.id
LEFT JOIN webhooks_receivedevent AS event ON event.subject = transcript.id AND event.status = 'applied'
WHERE transcript.id = ?
"""
BEGUN = re.compile(r"^(\S+) DEBUG api_project\.work\.runner: (\w+) of (\S+) begins\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the time from upload to text."""

    name: str
    seconds: float


class Journal:
    """Reads what a service noted about its transcripts."""

    def __init__(self, data_dir: Path, log: Path, provider: str) -> None:
        self._database = Sql(data_dir)
        self._log = log
        self._provider = provider

    def steps(self, transcript_id: str, *, began: float, answered: float, ended: float) -> list[Step]:
        """Return the steps of a completed transcript; the moments are the client's, in seconds since the epoch."""
        row = self._database.rows(ROW, UUID(transcript_id).hex)
        if len(row) != 1:
            raise BenchmarkFailed(f"{len(row)} rows were found for one transcript.")
        uploaded_at, provider_id, completed_at, event_id, received_at = map(str, row[0])
        job = self._job(provider_id)
        moments = [
            ("accept the upload", answered),
            ("wait for the worker", self._begun("submit", transcript_id)),
            ("upload to the provider", _seconds(uploaded_at)),
            ("submit", _seconds(job["created"])),
            ("recognition", _seconds(job["completed"])),
        ]
        if event_id == "None":
            moments.append(("asked, fetched and stored", _seconds(completed_at)))
        else:
            moments += [
                ("the webhook is stored", _seconds(received_at)),
                ("wait for the worker again", self._begun("apply", str(UUID(event_id)))),
                ("fetch and store the result", _seconds(completed_at)),
            ]
        return _between(began, [*moments, ("seen by the client", ended)])

    def _job(self, provider_id: str) -> dict[str, Any]:
        answer = requests.get(f"{self._provider}/v2/transcript", headers={"Authorization": "sandbox"}, timeout=30)
        found: list[dict[str, Any]] = [item for item in answer.json()["transcripts"] if item["id"] == provider_id]
        return found[0]

    def _begun(self, step: str, row_id: str) -> float:
        """Return when the worker last began a step, by its log."""
        lines = BEGUN.findall(self._log.read_text(encoding="utf-8"))
        found = [_seconds(moment) for moment, name, pk in lines if (name, pk) == (step, row_id)]
        if not found:
            raise BenchmarkFailed(f"The log does not say when {step} of {row_id} began.")
        return found[-1]


def share(name: str, runs: Sequence[Sequence[Step]]) -> float:
    """Return the median percentage of one step in the whole, over the runs that had it."""
    return statistics.median(
        100 * step.seconds / sum(other.seconds for other in run) for run in runs for step in run if step.name == name
    )


def _between(began: float, moments: list[tuple[str, float]]) -> list[Step]:
    steps = []
    for name, moment in moments:
        # The worker may begin before the client has read its answer, and logs tell whole milliseconds.
        moment = max(moment, began)
        steps.append(Step(name, moment - began))
        began = moment
    return steps


def _seconds(text: str) -> float:
    moment = datetime.fromisoformat(text)
    # The database and the provider write UTC and do not say so.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
