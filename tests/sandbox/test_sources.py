from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from tests.sandbox.live import SandboxProcess, running_server


class Files(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/moved.mp3":
            self.send_response(302)
            self.send_header("Location", "/audio.mp3")
            self.end_headers()
            return
        self.send_response(200 if self.path == "/audio.mp3" else 404)
        self.end_headers()
        self.wfile.write(b"some audio")

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    with running_server(Files) as url:
        yield url


def test_an_address_on_the_web_is_fetched(shared_sandbox: SandboxProcess, site: str) -> None:
    document = shared_sandbox.finished(shared_sandbox.submit(f"{site}/audio.mp3")["id"])
    assert document["status"] == "completed"


@pytest.mark.parametrize("path", ["/missing.mp3", "/moved.mp3"])
def test_an_address_without_the_file_fails_the_job(path: str, shared_sandbox: SandboxProcess, site: str) -> None:
    document = shared_sandbox.finished(shared_sandbox.submit(site + path)["id"])
    assert document["status"] == "error"
    assert document["error"].startswith("Download error")


def test_loopback_is_refused_unless_allowed(start_sandbox: Callable[..., SandboxProcess], site: str) -> None:
    # The other switch is for webhooks alone.
    sandbox = start_sandbox(ALLOW_LOOPBACK=1, ALLOW_LOOPBACK_AUDIO=0)
    document = sandbox.finished(sandbox.submit(f"{site}/audio.mp3")["id"])
    assert document["error"] == f"Download error: Forbidden URL {site}/audio.mp3"


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "[fe80::1]"])
def test_private_addresses_are_always_refused(host: str, shared_sandbox: SandboxProcess) -> None:
    document = shared_sandbox.finished(shared_sandbox.submit(f"http://{host}/audio.mp3")["id"])
    assert "Forbidden URL" in document["error"]


def test_a_file_over_the_limit_is_refused(start_sandbox: Callable[..., SandboxProcess], site: str) -> None:
    sandbox = start_sandbox(MAX_UPLOAD_BYTES=5)
    assert "larger" in sandbox.finished(sandbox.submit(f"{site}/audio.mp3")["id"])["error"]
