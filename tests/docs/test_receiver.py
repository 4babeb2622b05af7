"""The receiver that a reader runs beside `make run` verifies what the service sends, tells it once, and tidies up."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from api_project.launch.first_run import KEY_FILE_NAME
from tests.launch.processes import BASE_DIR, end, start, wait_until
from tests.processes.databases import fresh_database

pytestmark = [
    pytest.mark.database,
    pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc"),
]

RECORDING = BASE_DIR / "docs" / "examples" / "hello.wav"
PATIENCE_SECONDS = 60


class Service(NamedTuple):
    """A service as `make run` starts it, and how to ask it."""

    base_url: str
    key: str

    def ask(self, method: str, path: str, **more: object) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.key}", "Prefer": "wait=30"}
        url = f"{self.base_url}/api/v1/{path}"
        return requests.request(method, url, headers=headers, timeout=PATIENCE_SECONDS, **more)  # type: ignore[arg-type]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    data_dir = tmp_path / "data"
    with fresh_database() as database_url:
        running = start(data_dir, LOG_LEVEL="WARNING", **({"DATABASE_URL": database_url} if database_url else {}))
        try:
            yield Service(f"http://127.0.0.1:{running.port}", (data_dir / KEY_FILE_NAME).read_text().strip())
        finally:
            end(running)


def complaint(**environment: str) -> str:
    """Return what the example says when it cannot begin."""
    command = [sys.executable, "docs/examples/receiver.py"]
    env = {"PATH": os.environ["PATH"], **environment}
    ended = subprocess.run(
        command, env=env, cwd=BASE_DIR, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    return ended.stderr


COMMAND = "API_KEY=$(cat data/api_key) .venv/bin/python docs/examples/receiver.py"


@pytest.mark.parametrize("environment", [{}, {"API_KEY": ""}])
def test_without_a_key_it_says_in_one_line_where_that_is(environment: dict[str, str]) -> None:
    said = complaint(**environment)
    assert said == f"An API key is needed, which `make run` has put into data/api_key: {COMMAND}\n"


def test_without_a_service_it_says_in_one_line_how_to_name_its_port() -> None:
    # Nobody is allowed to listen there but root, and nobody does.
    said = complaint(API_KEY="key", PORT="1")
    where = "http://127.0.0.1:1/api/v1/webhook-endpoints/"
    assert said == f"Nobody answers at {where}; if `make run` is at another port: PORT=8001 {COMMAND}\n"


class Receiver:
    """The example in a process of its own."""

    def __init__(self, service: Service, output: Path) -> None:
        self._output = output
        command = [sys.executable, "docs/examples/receiver.py", service.key, service.base_url]
        env = {"PATH": os.environ["PATH"]}
        with output.open("w") as file:
            self.process = subprocess.Popen(command, env=env, cwd=BASE_DIR, stdout=file, stderr=subprocess.STDOUT)

    def said(self) -> list[str]:
        return self._output.read_text().splitlines()

    def wait_for(self, words: str) -> str:
        """Wait for a line with these words and return it."""
        found: list[str] = []

        def is_there() -> bool:
            found[:] = [line for line in self.said() if words in line]
            return bool(found) or self.process.poll() is not None

        wait_until(is_there, f"the receiver says {words!r}")
        assert found, self.said()
        return found[-1]


@pytest.fixture
def receiver(service: Service, tmp_path: Path) -> Iterator[Receiver]:
    receiver = Receiver(service, tmp_path / "receiver.log")
    try:
        yield receiver
    finally:
        receiver.process.kill()
        receiver.process.wait()


def test_it_verifies_what_comes_once_and_deletes_its_endpoint(service: Service, receiver: Receiver) -> None:
    url = receiver.wait_for("waiting at").split()[2]
    made = service.ask("POST", "transcripts/", files={"file": (RECORDING.name, RECORDING.read_bytes())}).json()
    said = receiver.wait_for("transcript.completed")
    assert said == f"verified transcript.completed {made['id']}: {made['text']}"

    assert requests.post(url, data=b"{}", timeout=PATIENCE_SECONDS).status_code == 400
    wrong = {"webhook-id": "a", "webhook-timestamp": "1", "webhook-signature": "nonsense"}
    assert requests.post(url, data=b"{}", headers=wrong, timeout=PATIENCE_SECONDS).status_code == 400
    assert requests.post(url, data=b"x" * 70_000, timeout=PATIENCE_SECONDS).status_code == 413
    assert requests.get(url, timeout=PATIENCE_SECONDS).status_code == 501

    (delivery,) = service.ask("GET", "deliveries/").json()["results"]
    service.ask("POST", f"deliveries/{delivery['id']}/redeliver/").raise_for_status()
    wait_until(
        lambda: len(service.ask("GET", f"deliveries/{delivery['id']}/").json()["attempts"]) == 2, "it is sent again"
    )
    (endpoint,) = service.ask("GET", "webhook-endpoints/").json()["results"]
    service.ask("POST", f"webhook-endpoints/{endpoint['id']}/ping/").raise_for_status()
    receiver.wait_for("verified ping")
    assert [line for line in receiver.said() if "completed" in line] == [said]

    receiver.process.terminate()
    assert receiver.process.wait(PATIENCE_SECONDS) == 0
    assert service.ask("GET", "webhook-endpoints/").json()["results"] == []
