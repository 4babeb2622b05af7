"""Load from processes apart: kept-alive connections that send requests for a bounded time, and what they saw.

A load program calls `serve_load` with what it sends; a benchmark starts several of them with `run_load`. They share
nothing with what they measure. One says `ready` when it is connected, begins when it reads a line, and prints what it
saw as JSON.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api_project.environment import BASE_DIR
from bench.service import BenchmarkFailed
from bench.tables import percentile

# Two, so that one client process's interpreter lock is not what is measured.
CLIENTS = 2
RECEIVE_BYTES = 65_536


class Connection(threading.Thread):
    """One kept-alive connection that sends one request after another; each must be answered with `status`."""

    def __init__(
        self, port: int, requests: Iterator[bytes], status: int, seconds: float, begin: threading.Barrier
    ) -> None:
        super().__init__(daemon=True)
        self.seconds = seconds
        self.begin = begin
        self.latencies: list[float] = []
        self.problem = ""
        self.ended = 0.0
        self._requests = requests
        self._wanted = f" {status} ".encode()
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def run(self) -> None:
        self.begin.wait()
        deadline = time.perf_counter() + self.seconds
        with self._socket:
            for request in self._requests:
                sent = time.perf_counter()
                if sent >= deadline:
                    break
                self._socket.sendall(request)
                answer = self._read_answer()
                self.ended = time.perf_counter()
                self.latencies.append(self.ended - sent)
                if self._wanted not in answer.partition(b"\r\n")[0]:
                    self.problem = answer.decode(errors="replace")
                    break

    def _read_answer(self) -> bytes:
        """Return head and body; a body has a Content-Length."""
        received = self._receive_until(b"", lambda data: b"\r\n\r\n" in data)
        head, _, body = received.partition(b"\r\n\r\n")
        length = content_length(head)
        return head + b"\r\n\r\n" + self._receive_until(body, lambda data: len(data) >= length)

    def _receive_until(self, received: bytes, is_all: Callable[[bytes], bool]) -> bytes:
        while not is_all(received):
            data = self._socket.recv(RECEIVE_BYTES)
            if not data:
                break
            received += data
        return received


def content_length(head: bytes) -> int:
    # 304 tells the length of what it does not send.
    if b" 304 " in head.partition(b"\r\n")[0]:
        return 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def serve_load(*, port: int, requests: Sequence[Iterator[bytes]], status: int, seconds: float) -> None:
    """Send from as many connections as there are iterators, and print what was seen."""
    begin = threading.Barrier(len(requests) + 1)
    connections = [Connection(port, each, status, seconds, begin) for each in requests]
    for connection in connections:
        connection.start()
    print("ready", flush=True)
    sys.stdin.readline()
    used = os.times()
    begin.wait()
    began = time.perf_counter()
    for connection in connections:
        connection.join()
    now = os.times()
    seen = {
        "seconds": max(connection.ended for connection in connections) - began,
        "latencies": [latency for connection in connections for latency in connection.latencies],
        "problems": [connection.problem for connection in connections if connection.problem],
        "cpu": now.user + now.system - used.user - used.system,
    }
    print(json.dumps(seen))


@dataclass(slots=True)
class Run:
    """What all clients of one run saw: seconds."""

    seconds: float
    latencies: list[float]
    cpu: float


@dataclass(slots=True)
class Load:
    """The runs of one kind: per second, and milliseconds."""

    rates: list[float] = field(default_factory=list)
    middle: list[float] = field(default_factory=list)
    worst: list[float] = field(default_factory=list)
    client_share: list[float] = field(default_factory=list)

    def note(self, run: Run) -> None:
        self.rates.append(len(run.latencies) / run.seconds)
        self.middle.append(1000 * percentile(run.latencies, 0.5))
        self.worst.append(1000 * percentile(run.latencies, 0.99))
        self.client_share.append(run.cpu / run.seconds)


def run_load(env: Mapping[str, str], module: str, *arguments: str, seconds: float, connections: int) -> Run:
    """Run a load program in `CLIENTS` processes at once. Raises BenchmarkFailed for an answer that was not wanted."""
    command = [sys.executable, "-m", module, "--port", env["PORT"], "--seconds", str(seconds)]
    command += ["--connections", str(max(1, connections // CLIENTS)), *arguments]
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(_client(command, env)) for _ in range(CLIENTS)]
        for client in clients:
            if _stdout(client).readline() != "ready\n":
                raise BenchmarkFailed("A client did not start.")
        for client in clients:
            _begin(client)
        answers: list[dict[str, Any]] = [json.loads(_stdout(client).readline()) for client in clients]
    if problems := [problem for answer in answers for problem in answer["problems"]]:
        raise BenchmarkFailed(f"An answer was not the one that was wanted: {problems[0]}")
    return Run(
        seconds=max(answer["seconds"] for answer in answers),
        latencies=[latency for answer in answers for latency in answer["latencies"]],
        cpu=sum(answer["cpu"] for answer in answers),
    )


@contextlib.contextmanager
def _client(command: Sequence[str], env: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command, env=dict(env), cwd=BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _stdout(process: subprocess.Popen[str]) -> Any:
    return process.stdout


def _begin(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()
