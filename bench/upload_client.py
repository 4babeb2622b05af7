"""Sending a file over a bare socket by sendfile(2), so that the client costs next to nothing; a sink to prove it."""

import json
import socket
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.service import BenchmarkFailed

BOUNDARY = b"bench-7d1a5c0e93b24f68"
PATH = "/api/v1/transcripts/"
PART_HEAD = (
    b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="file"; filename="bench.wav"\r\n'
    b"Content-Type: audio/wav\r\n\r\n"
)
PART_TAIL = b"\r\n--" + BOUNDARY + b"--\r\n"
MULTIPART = "multipart/form-data; boundary=" + BOUNDARY.decode()
RECEIVE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of body: its content type and what stands before and after the file."""

    content_type: str
    before: bytes = b""
    after: bytes = b""


MULTIPART_FORM = Form(MULTIPART, PART_HEAD, PART_TAIL)
RAW_FORM = Form("audio/wav")


def send(port: int, key: str, source: Path, form: Form) -> tuple[float, dict[str, Any]]:
    """Upload a file; return the seconds from connecting to the whole answer, and the answer."""
    begin = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection, source.open("rb") as file:
        length = source.stat().st_size + len(form.before) + len(form.after)
        connection.sendall(_head(port, key, form, length) + form.before)
        connection.sendfile(file)
        connection.sendall(form.after)
        answer = _read_answer(connection)
    return time.perf_counter() - begin, answer


def _head(port: int, key: str, form: Form, length: int) -> bytes:
    lines = [
        f"POST {PATH} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Authorization: Bearer {key}",
        f"Content-Type: {form.content_type}",
        f"Content-Length: {length}",
        "Connection: close",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _read_answer(connection: socket.socket) -> dict[str, Any]:
    received = bytearray()
    while data := connection.recv(RECEIVE_BYTES):
        received += data
    head, _, body = bytes(received).partition(b"\r\n\r\n")
    if b" 202 " not in head.partition(b"\r\n")[0]:
        raise BenchmarkFailed(f"The upload was not accepted: {bytes(received[:2000])!r}")
    answer: dict[str, Any] = json.loads(body)
    return answer


def send_to_sink(source: Path, form: Form) -> float:
    """Send the same bytes to somebody who throws them away; return the seconds."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        length = source.stat().st_size + len(form.before) + len(form.after)
        sink = threading.Thread(target=_swallow, args=(listener, length), daemon=True)
        sink.start()
        seconds, _ = send(listener.getsockname()[1], "", source, form)
        sink.join()
    return seconds


def _swallow(listener: socket.socket, length: int) -> None:
    """Take one request whose body has this length, and answer as if it had been accepted."""
    connection, _ = listener.accept()
    buffer = bytearray(RECEIVE_BYTES)
    with connection:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(1)
        while length:
            length -= connection.recv_into(buffer, min(length, RECEIVE_BYTES))
        connection.sendall(b"HTTP/1.1 202 Accepted\r\n\r\n{}")
