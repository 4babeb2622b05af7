"""A client of the service's REST interface; it holds the key that the launcher made."""

import contextlib
import json
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import urlencode

import requests

from tests.processes.waiting import PATIENCE_SECONDS, wait_until

PATH = "/api/v1/transcripts/"
SENDERS = 32


class Client:
    def __init__(self, port: int, data_dir: Path) -> None:
        self.port = port
        self._key_file = data_dir / "api_key"
        self._senders = ThreadPoolExecutor(SENDERS)

    def close(self) -> None:
        self._senders.shutdown(wait=True)

    def is_ready(self) -> bool:
        """Tell whether the web server answers and finds all it needs."""
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/healthz/ready", timeout=10).status_code == 200
        except requests.ConnectionError:
            return False

    def upload(self, content: bytes, *, options: dict[str, Any] | None = None, **fields: str) -> str:
        """Upload and return the id that came with the 202; "" when no answer came."""
        fields |= {"options": json.dumps(options)} if options else {}
        query = f"?{urlencode(fields)}" if fields else ""
        try:
            response = self._ask("POST", query, data=content, headers={"Content-Type": "audio/wav"})
        except requests.RequestException:
            return ""
        assert response.status_code == 202, response.text
        return str(response.json()["id"])

    def upload_aside(self, content: bytes) -> "Future[str]":
        """Do the same in a thread."""
        return self._senders.submit(self.upload, content)

    def upload_under(self, key: str, content: bytes) -> str:
        """Upload under an Idempotency-Key, again and again, as a client does that got no answer; return the id."""
        found: list[str] = []

        def answered() -> bool:
            with contextlib.suppress(requests.RequestException):
                response = self._upload(content, key)
                assert response.status_code in (202, 409), response.text
                found.extend([response.json()["id"]] if response.status_code == 202 else [])
            return bool(found)

        wait_until(answered, f"the upload under {key} is answered")
        return found[0]

    def upload_under_aside(self, key: str, content: bytes) -> "Future[requests.Response]":
        """Upload once under an Idempotency-Key, in a thread."""
        return self._senders.submit(self._upload, content, key)

    def upload_together(self, key: str, content: bytes, times: int) -> list[requests.Response]:
        """Upload under one Idempotency-Key so many times at the same moment."""
        start = Barrier(times)

        def upload() -> requests.Response:
            start.wait(PATIENCE_SECONDS)
            return self._upload(content, key)

        return [answer.result() for answer in [self._senders.submit(upload) for _ in range(times)]]

    def _upload(self, content: bytes, key: str) -> requests.Response:
        return self._ask("POST", "", data=content, headers={"Content-Type": "audio/wav", "Idempotency-Key": key})

    def get(self, transcript_id: str) -> dict[str, Any]:
        record: dict[str, Any] = self._ask_until_answered("GET", f"{transcript_id}/").json()
        return record

    def wait_aside(self, transcript_id: str, seconds: int) -> "Future[requests.Response]":
        """Read a transcript with `Prefer: wait`, in a thread."""
        return self._senders.submit(self._ask, "GET", f"{transcript_id}/", headers={"Prefer": f"wait={seconds}"})

    def words(self, transcript_id: str) -> list[str]:
        """Return the words of the first page."""
        page = self._ask_until_answered("GET", f"{transcript_id}/words/").json()
        return [word["text"] for word in page["results"]]

    def redacted_audio(self, transcript_id: str) -> bytes:
        return self._ask_until_answered("GET", f"{transcript_id}/redacted-audio/").content

    def delete(self, transcript_id: str) -> None:
        """Delete a transcript, or find it deleted."""
        assert self._ask_until_answered("DELETE", f"{transcript_id}/").status_code in (204, 404)

    def delete_aside(self, transcript_id: str) -> "Future[None]":
        """Do the same in a thread."""
        return self._senders.submit(self.delete, transcript_id)

    def wait_for_status(self, transcript_id: str, status: str) -> None:
        wait_until(lambda: self.get(transcript_id)["status"] == status, f"{transcript_id} is {status}")

    def head_of_upload(self, length: int) -> bytes:
        """Return the head of a request that a test sends by hand."""
        lines = [
            f"POST {PATH} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Authorization: {self._authorization()}",
            "Content-Type: audio/wav",
            f"Content-Length: {length}",
            "Connection: close",
        ]
        return "\r\n".join([*lines, "", ""]).encode()

    def _ask_until_answered(self, method: str, path: str) -> requests.Response:
        """Send a request that may be repeated until the web server is there to answer it."""
        answers: list[requests.Response] = []

        def answered() -> bool:
            with contextlib.suppress(requests.ConnectionError):
                answers.append(self._ask(method, path))
            return bool(answers)

        wait_until(answered, "the web server answers")
        return answers[0]

    def _ask(self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any) -> requests.Response:
        address = f"http://127.0.0.1:{self.port}{PATH}{path}"
        # A connection of its own each time: none that a killed process has left half open.
        headers = {"Authorization": self._authorization(), "Connection": "close", **(headers or {})}
        return requests.request(method, address, headers=headers, timeout=PATIENCE_SECONDS, **more)

    def _authorization(self) -> str:
        return f"Bearer {self._key_file.read_text().strip()}"
