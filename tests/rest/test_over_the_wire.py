"""What only a real server shows: chunked bodies, clients that go away, answers before the body was read."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import requests
from django.conf import settings

from tests.api import WAV

MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]
PATIENCE_SECONDS = 60


class Server(NamedTuple):
    port: int
    headers: dict[str, str]
    data: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v1/transcripts/"

    def received(self) -> list[Path]:
        return [*(self.data / "tmp").glob("*"), *(path for path in (self.data / "audio").rglob("*") if path.is_file())]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("data")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(data), "ENV_FILE": os.devnull, "SANDBOX": "1"}
    environment |= {"MAX_UPLOAD_BYTES": "50000000", "PORT": str(port), "LOG_LEVEL": "ERROR"}
    for folder in ("tmp", "audio"):
        (data / folder).mkdir()
    subprocess.run([*MANAGE, "migrate"], env=environment, check=True, capture_output=True)
    made = subprocess.run([*MANAGE, "create_api_key", "ada"], env=environment, check=True, capture_output=True)
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "8"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--no-ws", "api_project.wsgi:application"]
    process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: can_connect(port))
        yield Server(port, {"Authorization": f"Bearer {made.stdout.decode().strip()}"}, data)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def wait_until(condition: object) -> None:
    assert callable(condition)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "It did not happen."
        time.sleep(0.05)


def can_connect(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_chunked_body_is_refused_by_name(server: Server) -> None:
    response = requests.post(server.url, data=iter([WAV, WAV]), headers={**server.headers, "Content-Type": "audio/wav"})

    assert (response.status_code, response.json()["type"]) == (411, "/api/problems/length-required/")


@pytest.mark.parametrize("content_type", ["audio/wav", "multipart/form-data; boundary=b"])
def test_a_client_that_goes_away_leaves_nothing(server: Server, content_type: str) -> None:
    before = server.received()
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.putrequest("POST", "/api/v1/transcripts/")
    for name, value in {**server.headers, "Content-Type": content_type, "Content-Length": "9000000"}.items():
        connection.putheader(name, value)
    head = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
        if "form" in content_type
        else b""
    )
    connection.endheaders(head + WAV.ljust(3_000_000, b"\0"))
    wait_until(lambda: len(server.received()) > len(before))

    connection.close()
    wait_until(lambda: server.received() == before)


def test_an_answer_before_the_body_was_read_reaches_the_client(server: Server) -> None:
    response = requests.post(server.url, data=b"no audio".ljust(40_000_000), headers={"Content-Type": "audio/wav"})

    assert response.status_code == 401


def test_a_refusal_in_the_middle_of_the_body_reaches_the_client(server: Server) -> None:
    response = requests.post(
        server.url, data=b"no audio".ljust(40_000_000), headers={**server.headers, "Content-Type": "audio/wav"}
    )

    assert response.status_code == 415


def test_a_client_that_asks_first_is_refused_before_it_sends(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS) as client:
        head = f"POST /api/v1/transcripts/ HTTP/1.1\r\nHost: localhost:{server.port}\r\nContent-Type: audio/wav\r\n"
        head += "Content-Length: 90000000\r\nExpect: 100-continue\r\n"
        client.sendall(f"{head}Authorization: {server.headers['Authorization']}\r\n\r\n".encode())
        assert client.recv(1000).startswith(b"HTTP/1.1 413")
