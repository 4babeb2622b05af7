"""`python -m bench.webhook_load`: post webhooks as AssemblyAI does, over kept-alive connections, for a bounded time.

A process of its own, so that it shares nothing with what it measures. It says `ready` when it is connected, begins when
it reads a line, and prints what it saw as JSON.
"""

import argparse
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from uuid import uuid4

from uuid6 import uuid7

from transcripts.webhook_secrets import HEADER_NAME, webhook_secret

RECEIVE_BYTES = 65_536
# Made before the clock starts; a faster server than this many per connection and second ends a run early.
REQUESTS_PER_SECOND = 500


class Connection(threading.Thread):
    """One kept-alive connection that sends one request after another."""

    def __init__(self, port: int, target: str, seconds: float, begin: threading.Barrier) -> None:
        super().__init__(daemon=True)
        self.seconds = seconds
        self.begin = begin
        self.latencies: list[float] = []
        self.problem = ""
        self.ended = 0.0
        self._requests = list(_requests(port, target, int(seconds * REQUESTS_PER_SECOND)))
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
                head = self._read_head()
                self.ended = time.perf_counter()
                self.latencies.append(self.ended - sent)
                if b" 204 " not in head.partition(b"\r\n")[0]:
                    self.problem = head.decode(errors="replace")
                    break

    def _read_head(self) -> bytes:
        """Return the answer, which is a head alone: 204 has no body."""
        received = b""
        while b"\r\n\r\n" not in received:
            data = self._socket.recv(RECEIVE_BYTES)
            if not data:
                return received
            received += data
        return received


def _requests(port: int, target: str, count: int) -> Iterator[bytes]:
    """Return distinct webhooks; to the bare INSERT go the same ones, under its own address."""
    for _ in range(count):
        transcript_id = uuid7()
        body = json.dumps({"transcript_id": str(uuid4()), "status": "completed"}).encode()
        path = "/bench/bare/" if target == "bare" else f"/webhooks/assemblyai/{transcript_id}/1/"
        lines = [
            f"POST {path} HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            f"{HEADER_NAME}: {webhook_secret(transcript_id, 1)}",
        ]
        yield ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def main() -> int:
    """Send and print; return the exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--target", choices=("receiver", "bare"), required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--connections", type=int, required=True)
    given = parser.parse_args()
    begin = threading.Barrier(given.connections + 1)
    connections = [Connection(given.port, given.target, given.seconds, begin) for _ in range(given.connections)]
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
    print(
        json.dumps(
            {
                "seconds": max(connection.ended for connection in connections) - began,
                "latencies": [latency for connection in connections for latency in connection.latencies],
                "problems": [connection.problem for connection in connections if connection.problem],
                "cpu": now.user + now.system - used.user - used.system,
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
