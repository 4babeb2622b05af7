"""Secrets that are made once."""

import stat
import subprocess
import sys
from pathlib import Path

from api_project.secrets_store import put_once, read_or_make

MAKE = """
import pathlib, sys
from api_project.secrets_store import read_or_make
print(read_or_make(pathlib.Path(sys.argv[1]), "key"))
"""


def test_a_secret_is_long_and_stays(tmp_path: Path) -> None:
    first = read_or_make(tmp_path / "secrets", "key")
    assert len(first) >= 50
    assert read_or_make(tmp_path / "secrets", "key") == first


def test_what_is_kept_can_be_of_another_make(tmp_path: Path) -> None:
    assert read_or_make(tmp_path, "key", make=lambda: "made") == "made"
    assert read_or_make(tmp_path, "key") == "made"


def test_each_name_has_its_own(tmp_path: Path) -> None:
    assert read_or_make(tmp_path, "a") != read_or_make(tmp_path, "b")


def test_others_can_read_neither_file_nor_folder(tmp_path: Path) -> None:
    read_or_make(tmp_path / "secrets", "key")
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "secrets" / "key").stat().st_mode) == 0o600


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MAKE, str(tmp_path / "secrets")]
    racing = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(8)]
    assert len({process.communicate()[0] for process in racing}) == 1


def test_nothing_is_left_beside_the_secret(tmp_path: Path) -> None:
    read_or_make(tmp_path, "key")
    assert not put_once(tmp_path / "key", "another")
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
