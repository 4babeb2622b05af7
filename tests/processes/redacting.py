"""A provider that redacts audio: it stands before the sandbox, which cannot, and passes on all else."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

REDACTED = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"beep" * 500_000
OPTIONS = {"redact_pii": True, "redact_pii_policies": ["person_name"], "redact_pii_audio": True}
HELD_BACK = ("content-length", "transfer-encoding", "connection", "host")


class RedactingProvider(ThreadingHTTPServer):
    """Listens where the service asks; `sandbox_url` is where it passes things on to."""

    daemon_threads = True
    sandbox_url = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: RedactingProvider
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/redacted.mp3":
            self._answer(200, REDACTED)
        elif self.path.endswith("/redacted-audio"):
            found = {"status": "redacted_audio_ready", "redacted_audio_url": f"{self.server.url}/redacted.mp3"}
            self._answer(200, json.dumps(found).encode())
        else:
            self._pass_on(b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/v2/transcript":
            asked = json.loads(body)
            body = json.dumps({name: asked[name] for name in asked if not name.startswith("redact_pii")}).encode()
        self._pass_on(body)

    def do_DELETE(self) -> None:
        self._pass_on(b"")

    def _pass_on(self, body: bytes) -> None:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HELD_BACK}
        try:
            answer = requests.request(
                self.command, self.server.sandbox_url + self.path, data=body, headers=headers, timeout=30
            )
        except requests.ConnectionError:
            self.close_connection = True
            return
        self._answer(answer.status_code, answer.content)

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def redacting_provider() -> Iterator[RedactingProvider]:
    with RedactingProvider() as provider:
        thread = threading.Thread(target=provider.serve_forever, daemon=True)
        thread.start()
        yield provider
        provider.shutdown()
        thread.join()
