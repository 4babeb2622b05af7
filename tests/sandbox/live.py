"""A sandbox as a process of its own, and a receiver for what it posts."""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import assemblyai as aai
import requests

ROOT = Path(__file__).resolve().parents[2]
AUDIO = ROOT / "tests" / "audio"
TOKEN = "token-of-the-tests"
PATIENCE = 60.0


class SandboxProcess:
    """`python -m sandbox` with its own folder and port; start, kill and start again.

    Settings are `SANDBOX_*` without the prefix: `SandboxProcess(folder, STUB_DELAY=1)`.
    """

    def __init__(self, data_dir: Path, **settings: Any) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.log = data_dir.parent / f"{data_dir.name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._settings: dict[str, Any] = {
            "PORT": self.port,
            "DATA_DIR": data_dir,
            "ENGINE": "stub",
            "ALLOW_LOOPBACK": 1,
            "ALLOW_LOOPBACK_AUDIO": 1,
            "TOKEN": TOKEN,
            "WEBHOOK_DELAY": 0.1,
            **settings,
        }

    def start(self, **settings: Any) -> SandboxProcess:
        """Start, with changed settings if any, and wait until it answers."""
        self._settings.update(settings)
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
        environment |= {f"SANDBOX_{name}": str(value) for name, value in self._settings.items()}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([sys.executable, "-m", "sandbox"], env=environment, stdout=log, stderr=log)
        wait_until(self.is_ready, self.describe)
        return self

    def is_ready(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(self.describe())
        try:
            return requests.get(f"{self.base_url}/_sandbox/health", timeout=5).ok
        except requests.ConnectionError:
            return False

    def kill(self) -> None:
        """End it as a power failure would."""
        self._signal(signal.SIGKILL)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it in good order and return its exit code."""
        return self._signal(number)

    def _signal(self, number: int) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        self.process = None
        return code

    def describe(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]

    def call(self, method: str, path: str, *, api_key: str = "sandbox", **kwargs: Any) -> requests.Response:
        headers = {"Authorization": api_key, **kwargs.pop("headers", {})}
        return requests.request(method, self.base_url + path, headers=headers, timeout=PATIENCE, **kwargs)

    def upload(self, content: bytes, api_key: str = "sandbox") -> str:
        return str(self.call("POST", "/v2/upload", data=content, api_key=api_key).json()["upload_url"])

    def submit(self, audio_url: str, *, api_key: str = "sandbox", **options: Any) -> dict[str, Any]:
        """Submit and return the document; an AssertionError for a refusal."""
        answer = self.call("POST", "/v2/transcript", json={"audio_url": audio_url, **options}, api_key=api_key)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def get(self, transcript_id: str, api_key: str = "sandbox") -> dict[str, Any]:
        return dict(self.call("GET", f"/v2/transcript/{transcript_id}", api_key=api_key).json())

    def finished(self, transcript_id: str, api_key: str = "sandbox") -> dict[str, Any]:
        """Wait for the end of a job and return its document."""
        wait_until(lambda: self.get(transcript_id, api_key)["status"] in ("completed", "error"), self.describe)
        return self.get(transcript_id, api_key)

    def misbehave(self, **instructions: Any) -> None:
        answer = requests.put(
            f"{self.base_url}/_sandbox/misbehave", json=instructions, headers={"X-Sandbox-Token": TOKEN}, timeout=5
        )
        assert answer.status_code == 200, answer.text


@contextmanager
def sdk(sandbox: SandboxProcess, api_key: str = "sandbox") -> Iterator[aai.Client]:
    """Give the official SDK, pointed at the sandbox."""
    client = aai.Client(settings=aai.Settings(api_key=api_key, base_url=sandbox.base_url, polling_interval=0.05))
    with client.http_client:
        yield client


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    json: Any


@dataclass
class Receiver:
    """Remembers what is posted to it; answers with the statuses it was given, then with 204."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    requests: queue.Queue[Received] = field(default_factory=queue.Queue)

    def next(self) -> Received:
        return self.requests.get(timeout=PATIENCE)


@contextmanager
def running_receiver() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.requests.put(Received(self.path, dict(self.headers), json.loads(body)))
            self.send_response(receiver.statuses.pop(0) if receiver.statuses else 204)
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            pass

    with running_server(Handler) as url:
        receiver.url = url
        yield receiver


@contextmanager
def running_server(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve on loopback, in threads; give the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def wait_until(condition: Callable[[], bool], explain: Callable[[], str] = str) -> None:
    """Wait for what another process does; never assert how long it took."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"It did not happen. {explain()}")
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
