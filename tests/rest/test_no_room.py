"""Where there is no room left the answer is 507, whoever found out, and nothing is kept."""

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection

from api_project.rest.exception_handler import handle_exception
from api_project.room import is_out_of_room
from tests.api import WAV, api_client, nothing_is_kept, post_bare, post_json

STORAGE_FULL = (507, "/api/problems/storage-full/")
ON_A_SMALL_DISK = "import django; django.setup(); from tests.rest.small_disk import main; main()"
TWO_MINUTES = 120


def caused_by(driver: BaseException, exc: DatabaseError) -> DatabaseError:
    exc.__cause__ = driver
    return exc


@pytest.mark.parametrize(
    ("exc", "is_full"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), True),
        (caused_by(psycopg.errors.DiskFull("could not extend file"), OperationalError()), True),
        (OSError(errno.EFBIG, "File too large"), False),
        (caused_by(psycopg.errors.LockNotAvailable(), OperationalError()), False),
        (OperationalError("the words: disk is full"), False),
        (ValueError("disk is full"), False),
    ],
)
def test_it_tells_a_full_disk_from_other_failures(exc: Exception, is_full: bool) -> None:
    assert is_out_of_room(exc) is is_full


def test_postgresql_says_it_by_its_code() -> None:
    assert psycopg.errors.DiskFull.sqlstate == "53100"


@pytest.fixture
def full_database(transactional_db: None) -> Iterator[None]:
    """A database of SQLite that may not grow, filled up to its last page."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no limit of its own to run into.")
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        before = cursor.execute("PRAGMA max_page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA max_page_count = {before}")


def test_a_full_database_is_a_507_that_keeps_neither_row_nor_file(full_database: None) -> None:
    client, large = api_client(), {"a": "x" * 16_000}

    # Room is left on pages that are in use; each of these asks for new ones.
    answers: list[Any] = []
    while not answers or answers[-1].status_code == 202:
        answers.append(post_json(client, {"audio_url": "https://example.com/a.mp3", "metadata": large}))
    assert (answers[-1].status_code, answers[-1].json()["type"]) == STORAGE_FULL
    with nothing_is_kept():
        response = post_bare(client, WAV, f"metadata={json.dumps(large)}")
    assert (response.status_code, response.json()["type"]) == STORAGE_FULL


def can_mount() -> bool:
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return bool(shutil.which("unshare")) and subprocess.run(command, capture_output=True).returncode == 0


def test_a_disk_that_is_really_full_is_a_507_and_keeps_nothing(tmp_path: Path) -> None:
    if not can_mount():
        pytest.skip("This system lets no ordinary user mount a small disk in a namespace of its own.")
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "ENV_FILE": os.devnull, "SANDBOX": "1"}
    environment["DJANGO_SETTINGS_MODULE"] = "api_project.settings"
    mount = f"mount -t tmpfs -o size=8m tmpfs {tmp_path} && exec {sys.executable} -c '{ON_A_SMALL_DISK}'"
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", mount],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=TWO_MINUTES,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "larger than the room": [507, 0],
        "as large as the room": [507, 0],
        "a row alone": [507, 0],
        "with room again": [202, 1],
    }


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EIO, errno.ENOENT])
def test_storage_that_cannot_be_used_is_a_503(number: int) -> None:
    problem = handle_exception(OSError(number, os.strerror(number)), {})
    assert problem is not None
    assert (problem.status_code, problem["Retry-After"]) == (503, "5")
