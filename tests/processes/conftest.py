import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.processes.databases import fresh_database
from tests.processes.harness import Name, Service, new_service
from tests.processes.outcomes import remains
from tests.processes.ports import held_port

HERE = Path(__file__).parent
# At once, in each process that tests: together they share the machine, and one server's connections.
MOST_SERVICES = 1 if os.environ.get("TEST_DATABASE_URL") else 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark these as tests of the database, though they have one of their own, and as Linux's: they look into /proc."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc"))
            if not _is_about_the_launcher(item):
                item.add_marker("database")


def _is_about_the_launcher(item: pytest.Item) -> bool:
    """Tell whether what is killed is nothing that uses the database: once is enough then."""
    killed = (
        item.callspec.params.get("name") if isinstance(item, pytest.Function) and hasattr(item, "callspec") else None
    )
    return killed in (Name.GRANIAN, Name.SANDBOX, Name.ALL)


class Services:
    """Running services by what they were given. One that a test left clean serves the next."""

    def __init__(self, folders: pytest.TempPathFactory) -> None:
        self._folders = folders
        self._running: dict[str, tuple[Service, ExitStack]] = {}
        self._hopeless = ""

    def take(self, given: dict[str, str]) -> Service:
        key = repr(given)
        if self._hopeless:
            # Else each test would wait in vain for itself.
            raise AssertionError(f"A service did not start for an earlier test: {self._hopeless}")
        if key not in self._running:
            self._make_room()
            self._hopeless = key
            with ExitStack() as stack:
                database_url = stack.enter_context(fresh_database())
                ports = stack.enter_context(held_port()), stack.enter_context(held_port())
                folder = self._folders.mktemp("service")
                service = stack.enter_context(new_service(folder, database_url, *ports, given))
                self._running[key] = (service, stack.pop_all())
            self._hopeless = ""
        # The latest is the last.
        self._running[key] = self._running.pop(key)
        return self._running[key][0]

    def _make_room(self) -> None:
        while len(self._running) >= MOST_SERVICES:
            _, stack = self._running.pop(next(iter(self._running)))
            stack.close()

    def give_back(self, service: Service) -> None:
        for key, (running, stack) in list(self._running.items()):
            if running is service and not _is_clean(service):
                del self._running[key]
                stack.close()

    def end(self) -> None:
        with ExitStack() as all_of_them:
            for _, stack in self._running.values():
                all_of_them.push(stack)


def _is_clean(service: Service) -> bool:
    """Tell whether the next test finds the service as if it were new."""
    try:
        return not (service.disarm() or service.provider.unsettled() or service.rows.unsettled() or remains(service))
    except Exception:
        return False


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    services = Services(tmp_path_factory)
    yield services
    services.end()


@pytest.fixture
def service(services: Services, request: pytest.FixtureRequest) -> Iterator[Service]:
    """A service with nothing in it; an indirect parameter is added to its environment."""
    service = services.take(getattr(request, "param", {}))
    service.wait_until_ready()
    yield service
    services.give_back(service)
