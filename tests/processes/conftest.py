import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.databases import fresh_database
from tests.processes.harness import Service, new_service

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run these on PostgreSQL too, though none uses pytest-django's database, and only where processes can be found."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("database")
            item.add_marker(pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc"))


@pytest.fixture
def service(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Service]:
    """A service of its own for one test; indirect parameters are added to its environment."""
    with (
        fresh_database() as database_url,
        new_service(tmp_path, database_url, **getattr(request, "param", {})) as service,
    ):
        yield service
