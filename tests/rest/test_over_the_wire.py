"""What only a real server shows: chunked bodies, clients that go away, answers before the body was read."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
import requests
import urllib3
from django.conf import settings

from tests.api import WAV

MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]
PATIENCE_SECONDS = 60
# Half of the default of UPLOADS_AT_ONCE.
SHARE = 6
LONG = 40_000_000


class Server(NamedTuple):
    port: int
    headers: dict[str, str]
    others_headers: dict[str, str]
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
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "8"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--no-ws", "api_project.wsgi:application"]
    process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: can_connect(port))
        yield Server(port, make_key("ada", environment), make_key("grace", environment), data)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def make_key(user: str, environment: dict[str, str]) -> dict[str, str]:
    made = subprocess.run([*MANAGE, "create_api_key", user], env=environment, check=True, capture_output=True)
    return {"Authorization": f"Bearer {made.stdout.decode().strip()}"}


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


def test_a_content_type_that_cannot_be_read_is_refused_only_with_a_body(server: Server) -> None:
    unreadable = {**server.headers, "Content-Type": "text/plain; x*=foo''%41"}
    live = requests.get(f"http://127.0.0.1:{server.port}/healthz/live", headers=unreadable)
    listed = requests.get(server.url, headers=unreadable)
    made = requests.post(server.url, data=WAV, headers=unreadable)

    assert (live.status_code, listed.status_code, made.status_code) == (200, 200, 415)
    assert made.json()["request_id"] == made.headers["X-Request-ID"]


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


def begin_upload(server: Server) -> socket.socket:
    """Send the beginning of an upload, and nothing more."""
    client = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS)
    head = f"POST /api/v1/transcripts/ HTTP/1.1\r\nHost: localhost:{server.port}\r\nContent-Type: audio/wav\r\n"
    head += f"Content-Length: 9000000\r\nAuthorization: {server.headers['Authorization']}\r\n\r\n"
    client.sendall(head.encode() + WAV)
    return client


def test_silent_uploads_of_one_user_keep_nobody_else_out(server: Server) -> None:
    before = server.received()
    with ExitStack() as stack:
        for _ in range(SHARE):
            stack.enter_context(begin_upload(server))
        wait_until(lambda: len(server.received()) == len(before) + SHARE)

        for _ in range(40):
            assert stack.enter_context(begin_upload(server)).recv(1000).startswith(b"HTTP/1.1 503")
        assert requests.get(server.url, headers=server.headers).status_code == 200
        wav = {**server.others_headers, "Content-Type": "audio/wav"}
        made = requests.post(server.url, data=WAV, headers=wav)
        assert made.status_code == 202
        assert requests.delete(made.headers["Location"], headers=server.others_headers).status_code == 204
    wait_until(lambda: not list((server.data / "tmp").glob("*")))


@pytest.fixture(scope="module")
def long_audio(server: Server) -> str:
    """Return the address of audio that is longer than what the system keeps for a client that does not read."""
    wav = {**server.headers, "Content-Type": "audio/wav"}
    made = requests.post(server.url, data=WAV.ljust(LONG, b"\1"), headers=wav)
    return f"{made.headers['Location']}audio/"


def begin_listening(server: Server, address: str) -> socket.socket:
    """Ask for a file and read the beginning of the answer, and nothing more."""
    client = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS)
    path = address.removeprefix(f"http://127.0.0.1:{server.port}")
    head = f"GET {path} HTTP/1.1\r\nHost: localhost:{server.port}\r\n"
    client.sendall(f"{head}Authorization: {server.headers['Authorization']}\r\n\r\n".encode())
    assert client.recv(12) == b"HTTP/1.1 200"
    return client


def test_silent_listeners_of_one_user_keep_nobody_else_out(server: Server, long_audio: str) -> None:
    with ExitStack() as stack:
        for _ in range(SHARE):
            stack.enter_context(begin_listening(server, long_audio))

        for _ in range(20):
            refused = requests.get(long_audio, headers=server.headers)
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        wav = {**server.others_headers, "Content-Type": "audio/wav"}
        made = requests.post(server.url, data=WAV, headers=wav)
        assert made.status_code == 202
        heard = requests.get(f"{made.headers['Location']}audio/", headers=server.others_headers)
        assert (heard.status_code, heard.content) == (200, WAV)
        assert requests.delete(made.headers["Location"], headers=server.others_headers).status_code == 204
    # Gone, they have left their places and threads.
    wait_until(lambda: requests.head(long_audio, headers=server.headers).status_code == 200)


def test_a_file_that_breaks_off_does_not_look_whole(server: Server, long_audio: str) -> None:
    (path,) = [path for path in (server.data / "audio").rglob("*") if path.is_file() and path.stat().st_size == LONG]
    with requests.get(long_audio, headers=server.headers, stream=True) as response:
        assert len(response.raw.read(1000)) == 1000
        content = path.read_bytes()
        os.truncate(path, 1_000_000)
        try:
            with pytest.raises(urllib3.exceptions.ProtocolError):
                while response.raw.read(1_000_000):
                    pass
        finally:
            path.write_bytes(content)


def test_head_tells_the_length_of_a_file_and_the_connection_goes_on(server: Server, long_audio: str) -> None:
    with requests.Session() as session:
        session.headers.update(server.headers)
        head = session.head(long_audio, headers={"Range": "bytes=0-1"})
        assert (head.status_code, head.headers["Content-Length"], head.content) == (200, str(LONG), b"")
        part = session.get(long_audio, headers={"Range": "bytes=-2"})
        assert (part.status_code, part.content) == (206, b"\1\1")


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux lets connections inherit it, and shows their timers.")
def test_a_client_that_vanished_is_asked_whether_it_is_there(server: Server) -> None:
    # The first request sets it up for what is accepted afterwards.
    requests.get(server.url, headers=server.headers)
    with begin_upload(server) as client:
        mine = f"0100007F:{server.port:04X} 0100007F:{client.getsockname()[1]:04X}"
        row = next(line for line in Path("/proc/net/tcp").read_text().splitlines() if mine in line)
    # See "timer_active" in https://www.kernel.org/doc/Documentation/networking/proc_net_tcp.txt; 2 is keepalive.
    assert row.split()[5].startswith("02:")
