from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import assemblyai as aai
import pytest

from tests.sandbox.live import Receiver, SandboxProcess, running_receiver, sdk

KEYS = 200
_numbers = count()


@pytest.fixture(scope="session")
def shared_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """One sandbox with the stub recogniser for all tests that do not change it; each uses an API key of its own."""
    keys = ",".join(["sandbox", *(f"key-{number}" for number in range(KEYS))])
    sandbox = SandboxProcess(tmp_path_factory.mktemp("shared") / "data", ASSEMBLYAI_API_KEYS=keys)
    yield sandbox.start()
    sandbox.stop()


@pytest.fixture(scope="session")
def hearing_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """One sandbox that really recognises speech."""
    sandbox = SandboxProcess(tmp_path_factory.mktemp("hearing") / "data", ENGINE="pocketsphinx", PROCESSES=2)
    yield sandbox.start()
    sandbox.stop()


@pytest.fixture
def api_key() -> str:
    return f"key-{next(_numbers) % KEYS}"


@pytest.fixture
def client(shared_sandbox: SandboxProcess, api_key: str) -> Iterator[aai.Client]:
    """The official SDK, unchanged, with an account of its own in the shared sandbox."""
    with sdk(shared_sandbox, api_key) as client:
        yield client


@pytest.fixture
def start_sandbox(tmp_path: Path) -> Iterator[Callable[..., SandboxProcess]]:
    """Start sandboxes of the test's own: `start_sandbox(STUB_DELAY=1)`."""
    started: list[SandboxProcess] = []

    def start(**settings: Any) -> SandboxProcess:
        started.append(SandboxProcess(tmp_path / f"sandbox-{len(started)}", **settings))
        return started[-1].start()

    yield start
    for sandbox in started:
        sandbox.kill()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as running:
        yield running
