"""What every test has in common: a folder that goes away, a marker for the database, and no way out of the machine."""

import ipaddress
import shutil
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import TransactionTestCase

from tests.settings import DATA_DIR_OF_TESTS

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "django_db_reset_sequences", "live_server"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what touches the database, so that it can be run again on PostgreSQL alone."""
    for item in items:
        uses = DATABASE_FIXTURES.intersection(getattr(item, "fixturenames", ()))
        case = getattr(item, "cls", None)
        if uses or item.get_closest_marker("django_db") or (case and issubclass(case, TransactionTestCase)):
            item.add_marker("database")


@pytest.fixture(scope="session", autouse=True)
def _data_folder_goes_away() -> Iterator[None]:
    yield
    shutil.rmtree(DATA_DIR_OF_TESTS, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _nothing_leaves_the_machine() -> Iterator[None]:
    """Refuse every connection but those to loopback, whatever library makes it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        yield


def _guarded(original: Any) -> Any:
    def connect(sock: socket.socket, address: Any) -> Any:
        if sock.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise AssertionError(f"A test tried to reach {address[0]}.")
        return original(sock, address)

    return connect


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
