"""A whole service with transcripts in every state, and schemathesis let loose on it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import requests

from tests.launch.processes import BASE_DIR, end, start, wait_until
from tests.processes.databases import fresh_database

HERE = Path(__file__).parent
SCHEMA = BASE_DIR / "schema.yml"
RECORDING = BASE_DIR / "docs" / "examples" / "hello.wav"
# Enough to be deleted from for a while; what is deleted is made anew by requests that were made up.
COMPLETED = 30
FAILED = 5
# The limit is never reached, and told in each answer.
ENVIRONMENT = {"LOG_LEVEL": "WARNING", "THROTTLE_REQUESTS": "1000000", "SANDBOX_WEBHOOK_DELAY": "0.1"}
# The sandbox tells nobody apart, so this ends in an error.
FAILING = '{"speaker_labels": true}'


class Target(NamedTuple):
    base_url: str
    key: str
    data_dir: Path

    @property
    def log(self) -> str:
        """What all processes of the service said."""
        return self.data_dir.with_name(f"{self.data_dir.name}.log").read_text(errors="replace")

    @property
    def answers(self) -> Path:
        """Where the answers to made-up requests are written down."""
        return self.data_dir / "answers.txt"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


@contextmanager
def target(folder: Path) -> Iterator[Target]:
    """Run a service on a database of its own, with transcripts that are completed and others that failed."""
    data_dir = folder / "data"
    with fresh_database() as database_url:
        running = start(data_dir, **ENVIRONMENT, **({"DATABASE_URL": database_url} if database_url else {}))
        try:
            found = Target(f"http://127.0.0.1:{running.port}", (data_dir / "api_key").read_text().strip(), data_dir)
            _fill(found)
            settings = {"DJANGO_SETTINGS_MODULE": "api_project.settings"}
            command = [sys.executable, "-m", "tests.fuzzing.redacted"]
            subprocess.run(command, env=running.env | settings, cwd=BASE_DIR, check=True)
            yield found
        finally:
            end(running)


def _fill(found: Target) -> None:
    url = f"{found.base_url}/api/v1/transcripts/"
    for number in range(COMPLETED + FAILED):
        fields = {"title": f"Number {number}", **({"options": FAILING} if number < FAILED else {})}
        with RECORDING.open("rb") as file:
            requests.post(url, data=fields, files={"file": file}, headers=found.headers, timeout=60).raise_for_status()

    def ended() -> bool:
        page = requests.get(url, params={"limit": "100"}, headers=found.headers, timeout=60).json()
        return all(item["status"] in ("completed", "error") for item in page["results"])

    wait_until(ended, "all transcripts have ended")


def fuzz(found: Target, *, seconds: int, seed: int, capture: bool = True) -> subprocess.CompletedProcess[str]:
    """Let schemathesis ask for so long; its exit code is not 0 when a check failed."""
    command = [
        str(Path(sys.executable).with_name("st")),
        "--config-file",
        str(HERE / "schemathesis.toml"),
        "--no-color",
    ]
    command += ["run", str(SCHEMA), "--url", found.base_url, "--checks", "all"]
    command += ["--header", f"Authorization: Bearer {found.key}", "--max-time", str(seconds), "--seed", str(seed)]
    # A busy machine is no finding.
    command += ["--continue-on-failure", "--suppress-health-check", "all", "--request-timeout", "120"]
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "PYTHONPATH": str(BASE_DIR),
        "SCHEMATHESIS_HOOKS": "tests.fuzzing.hooks",
        "FUZZ_BASE_URL": found.base_url,
        "FUZZ_KEY": found.key,
        "FUZZ_ANSWERS": str(found.answers),
    }
    # It leaves notes where it runs.
    return subprocess.run(command, env=environment, cwd=found.data_dir, capture_output=capture, text=True, check=False)
