"""SQLite as it was measured to be safe."""

import pytest
from django.db import connection

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite's own"),
]


def pragma(name: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return cursor.fetchone()[0]


def test_a_commit_is_on_disk_before_it_is_acknowledged() -> None:
    assert pragma("synchronous") == 2


def test_a_writer_waits_for_another() -> None:
    assert pragma("busy_timeout") == 20_000
