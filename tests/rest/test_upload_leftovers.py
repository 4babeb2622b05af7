"""What killed processes left of uploads goes away; what is in use stays."""

import os
import time
from pathlib import Path

import pytest
from django.conf import settings

from api_project.rest.upload_leftovers import MIN_AGE_SECONDS, remove_upload_leftovers
from api_project.rest.uploads import ReceivedFile


@pytest.fixture
def leftover() -> Path:
    path = Path(settings.FILE_UPLOAD_TEMP_DIR) / "tmpabcdef.upload"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half of it")
    return path


def age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_what_nobody_holds_goes(leftover: Path) -> None:
    age(leftover, MIN_AGE_SECONDS + 1)

    assert remove_upload_leftovers() == 1
    assert not leftover.exists()


def test_what_is_young_stays(leftover: Path) -> None:
    assert remove_upload_leftovers() == 0
    assert remove_upload_leftovers(now=time.time() + MIN_AGE_SECONDS + 1) == 1


def test_what_is_being_received_stays_however_slow_it_is() -> None:
    with ReceivedFile("slow.wav") as file:
        path = Path(file.temporary_file_path())
        age(path, 10_000)

        assert remove_upload_leftovers() == 0
        assert path.exists()


def test_a_missing_folder_is_no_error(settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "nowhere")

    assert remove_upload_leftovers() == 0
