"""SIGKILL to `manage.py erase_user` at each point: the same command again erases what is left, by the same name."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.launch.processes import BASE_DIR
from tests.processes.client import Client
from tests.processes.harness import Service
from tests.processes.outcomes import audio, remains, settle
from tests.processes.waiting import PATIENCE_SECONDS

USER = "grace"
OF_USER = ("rest_apikey", "transcripts_searchentry", "transcripts_usage", "transcripts_monthlyusage")


def manage(service: Service, *arguments: str) -> "subprocess.Popen[str]":
    env = service.env | {"DJANGO_SETTINGS_MODULE": "tests.processes.settings"}
    command = [sys.executable, "manage.py", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
    return subprocess.Popen(command, env=env, cwd=BASE_DIR, text=True, **pipes)  # type: ignore[call-overload,no-any-return]


def ended(process: "subprocess.Popen[str]") -> str:
    said, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, said
    return said


@pytest.fixture
def grace(service: Service, tmp_path: Path) -> Iterator[Client]:
    """A client of another user than the launcher's, who stays for other tests."""
    (tmp_path / "api_key").write_text(ended(manage(service, "create_api_key", USER)))
    client = Client(service.client.port, tmp_path)
    yield client
    client.close()


@pytest.mark.parametrize(
    "point",
    [
        "account-closed",
        "one-of-user-deleted",
        "one-of-user-claimed",
        "one-of-user-erased",
        "search-not-purged",
        "name-not-taken",
    ],
)
def test_a_user_is_erased_in_the_end(service: Service, grace: Client, point: str) -> None:
    for transcript_id in [grace.upload(audio()) for _ in range(3)]:
        grace.wait_for_status(transcript_id, "completed")
    before = {table: count(service, table) for table in OF_USER}
    service.arm(point)
    erasing = manage(service, "erase_user", USER, "--yes")
    assert service.reached(point) == erasing.pid
    erasing.kill()
    erasing.communicate()

    said = ended(manage(service, "erase_user", USER, "--yes"))
    assert "Everything is erased." in said
    settle(service)
    assert remains(service) == []
    assert all(count(service, table) < rows for table, rows in before.items() if rows)
    assert service.rows.select(f"SELECT username FROM auth_user WHERE username = '{USER}'") == []


def count(service: Service, table: str) -> int:
    return int(service.rows.select(f"SELECT count(*) FROM {table}")[0][0])
