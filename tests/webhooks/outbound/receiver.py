"""A receiver on loopback, of a third party's: it keeps what it is sent, and answers as it was told to."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.db import connections

PATIENCE = 30


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def attempt(self) -> int:
        return int(self.headers["webhook-attempt"])

    @property
    def json(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body)
        return told

    @property
    def type(self) -> str:
        return str(self.json["type"])


@dataclass(frozen=True)
class Says:
    """An answer. Whoever is to wait for `after` gets none before."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    after: threading.Event | None = None


OK = Says()
FAILS = Says(500, body=b"no")


class Receiver(ThreadingHTTPServer):
    """Answers with the next of `answers`, or with `otherwise` where there is none."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.origin = f"http://127.0.0.1:{self.server_address[1]}"
        self.url = f"{self.origin}/hooks"
        self.got: list[Received] = []
        self.answers: deque[Says] = deque()
        self.otherwise = OK
        # Is called with each request, before it is answered.
        self.meanwhile: Callable[[Received], None] = lambda received: None
        self.at_once = self.most_at_once = 0
        self._lock = threading.Lock()

    def at(self, path: str) -> str:
        return f"{self.origin}/{path}"

    def attempts_of(self, event_id: object) -> list[int]:
        return [received.attempt for received in self.got if received.id == str(event_id)]

    def begin(self, received: Received) -> Says:
        with self._lock:
            self.got.append(received)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            says = self.answers.popleft() if self.answers else self.otherwise
        try:
            self.meanwhile(received)
        finally:
            connections.close_all()
        if says.after is not None:
            says.after.wait(PATIENCE)
        with self._lock:
            # Before the answer: whoever has read it may send the next.
            self.at_once -= 1
        return says

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away."""


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        says = self.server.begin(Received(self.path, headers, body))
        self.send_response(says.status)
        for name, value in {"Content-Length": str(len(says.body)), **says.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(says.body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
