"""The sandbox as the provider of a service under test: what it holds, read with the official SDK, and misbehaving."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import assemblyai
import requests
from assemblyai.prerecorded.v2 import api

# What AssemblyAI puts in the place of what a DELETE has blanked.
DELETED_URL = "http://deleted_by_user"


@dataclass(frozen=True)
class Provider:
    port: int
    data_dir: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def is_ready(self) -> bool:
        try:
            return requests.get(f"{self.url}/_sandbox/health", timeout=10).status_code == 200
        except requests.ConnectionError:
            return False

    def live_jobs(self) -> list[str]:
        """Return the ids of all jobs that the provider holds and has not deleted."""
        found: list[str] = []
        parameters = assemblyai.ListTranscriptParameters(limit=200)
        with self.client() as client:
            while True:
                page = api.list_transcripts(client.http_client, parameters)
                found += [item.id for item in page.transcripts if item.audio_url != DELETED_URL]
                parameters.before_id = page.page_details.before_id_of_prev_url
                if not parameters.before_id:
                    return sorted(found)

    def begin(self, audio_url: str, *, webhook_url: str, header: tuple[str, str]) -> None:
        """Begin a job, as whoever knows these three can."""
        config = assemblyai.TranscriptionConfig().set_webhook(webhook_url, *header)
        with self.client() as client:
            assemblyai.Transcriber(client=client).submit(audio_url, config)

    def is_working(self) -> bool:
        """Tell whether a job is being transcribed at this moment."""
        return any(status == "processing" for _, status in self._unfinished())

    def unsettled(self) -> list[str]:
        """Return the jobs that run or wait, and the webhooks that are still to come, in words."""
        jobs = [f"job {job_id} is {status}" for job_id, status in self._unfinished()]
        # The provider's interface does not tell what it is going to send.
        path = f"file:{self.data_dir}/sandbox/sandbox.sqlite3?mode=ro"
        with closing(sqlite3.connect(path, uri=True, timeout=20)) as connection:
            waiting = connection.execute(
                "SELECT transcript_id FROM assemblyai_webhooks WHERE outcome IS NULL"
            ).fetchall()
        return jobs + [f"a webhook of job {row[0]} is to be sent" for row in waiting]

    def _unfinished(self) -> list[tuple[str, str]]:
        return [(job["id"], job["status"]) for job in self._control("GET", "").json()["assemblyai"]["unfinished"]]

    def misbehave(self, **instructions: Any) -> None:
        self._control("PUT", "misbehave", json=instructions).raise_for_status()

    @contextmanager
    def client(self) -> Iterator[assemblyai.Client]:
        """Open an SDK client for one use: its pool is not to outlive the process that it talks to."""
        client = assemblyai.Client(settings=assemblyai.Settings(api_key="sandbox", base_url=self.url))
        try:
            yield client
        finally:
            client.http_client.close()

    def _control(self, method: str, path: str, **more: Any) -> requests.Response:
        token = (self.data_dir / "secrets" / "sandbox_token").read_text().strip()
        headers = {"X-Sandbox-Token": token}
        return requests.request(method, f"{self.url}/_sandbox/{path}", headers=headers, timeout=10, **more)
