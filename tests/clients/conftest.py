"""One whole service for the clients: web, worker and the sandbox with its quick recogniser."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from api_project.launch.first_run import KEY_FILE_NAME, USER_NAME
from tests.launch.processes import BASE_DIR, Running, end, start
from tests.processes.databases import fresh_database

HERE = Path(__file__).parent
MANY = 250


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark these as tests of the database, though they have one of their own, and as ones of one place at a time."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("database")
            item.add_marker(pytest.mark.xdist_group("clients"))
            item.add_marker(pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc"))


class Service(NamedTuple):
    """A service that holds 250 transcripts, and how to reach it."""

    base_url: str
    key: str


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    data_dir = tmp_path_factory.mktemp("clients") / "data"
    with fresh_database() as database_url:
        running = start(data_dir, LOG_LEVEL="WARNING", **({"DATABASE_URL": database_url} if database_url else {}))
        try:
            _make_many(running)
            yield Service(f"http://127.0.0.1:{running.port}", (data_dir / KEY_FILE_NAME).read_text().strip())
        finally:
            end(running)


def _make_many(running: Running) -> None:
    environment = {**running.env, "SANDBOX": "1", "DJANGO_SETTINGS_MODULE": "api_project.settings"}
    command = [sys.executable, "-m", "tests.clients.many", USER_NAME, str(MANY)]
    subprocess.run(command, env=environment, cwd=BASE_DIR, check=True, timeout=60)
