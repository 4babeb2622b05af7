"""Receiving a file: hashed, recognised, bounded, and gone unless it is kept."""

import errno
import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from api_project.rest.exceptions import InvalidInput, TooLarge, UnsupportedMedia
from api_project.rest.uploads import CHUNKS_IN_FLIGHT, FileReception, ReceivedFile, safe_file_name
from tests.api import WAV, upload_folder

CHUNK = 64 * 1024


@pytest.fixture(autouse=True)
def _nothing_remains() -> Any:
    yield
    assert upload_folder() == []


def receive(*chunks: bytes, limit: int = 10**9, name: str = "a.wav") -> ReceivedFile:
    with FileReception(field="file", name=name, limit=limit) as reception:
        for chunk in chunks:
            reception.write(chunk)
        return reception.finish()


@pytest.mark.parametrize("count", [1, 2, 3, CHUNKS_IN_FLIGHT + 1, 3 * CHUNKS_IN_FLIGHT])
def test_it_hashes_counts_and_recognises_what_passes(count: int) -> None:
    chunks = [WAV.ljust(CHUNK, b"\0"), *(os.urandom(CHUNK) for _ in range(count - 1))]

    with receive(*chunks) as file:
        whole = b"".join(chunks)
        assert (file.read(), file.size) == (whole, len(whole))
        assert file.sha256 == hashlib.sha256(whole).hexdigest()
        assert (file.name, file.content_type) == ("a.wav", "audio/wav")


def test_it_recognises_a_container_that_comes_byte_by_byte() -> None:
    with receive(*(bytes([byte]) for byte in WAV)) as file:
        assert file.content_type == "audio/wav"


def test_the_file_on_disk_is_named_by_us_and_is_nobody_elses(settings: Any) -> None:
    with receive(WAV, name="../../etc/passwd") as file:
        path = Path(file.temporary_file_path())
        assert path.parent == Path(settings.FILE_UPLOAD_TEMP_DIR)
        assert "passwd" not in path.name
        assert path.stat().st_mode & 0o077 == 0


def test_a_file_that_was_moved_away_stays(tmp_path: Path) -> None:
    file = receive(WAV)
    shutil.move(file.temporary_file_path(), tmp_path / "kept")
    file.close()

    assert (tmp_path / "kept").read_bytes() == WAV


def test_it_refuses_an_empty_file() -> None:
    with pytest.raises(InvalidInput, match="file: The file is empty"):
        receive()


def test_it_takes_a_file_of_exactly_the_limit_and_not_a_byte_more() -> None:
    receive(WAV, limit=len(WAV)).close()

    with pytest.raises(TooLarge, match=f"limit of {len(WAV)} bytes"):
        receive(WAV, b"x", limit=len(WAV))


def test_it_refuses_an_unknown_container_on_its_first_bytes() -> None:
    with FileReception(field="file", name="a.wav", limit=10**9) as reception:
        with pytest.raises(UnsupportedMedia, match="Allowed are: WAV"):
            reception.write(b"<html>".ljust(CHUNK))


def test_it_names_what_it_knows_and_does_not_take() -> None:
    with pytest.raises(UnsupportedMedia, match=r"The file is TAK, which is not taken. Allowed are: WAV"):
        receive(b"tBaK\x01\x00")


def test_it_refuses_a_short_unknown_container_at_its_end() -> None:
    with pytest.raises(UnsupportedMedia):
        receive(b"<html>")


def test_a_full_disk_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: ReceivedFile, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(ReceivedFile, "write", full, raising=False)
    with pytest.raises(OSError, match="No space left"):
        receive(WAV)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("speech.wav", "speech.wav"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\speech.wav", "speech.wav"),
        ("a\x00b\r\nc\u202e.wav", "abc.wav"),
        ("", "upload"),
        ("..", "upload"),
        ("/", "upload"),
        ("ünïcödé 音声.mp3", "ünïcödé 音声.mp3"),
        ("x" * 400 + ".flac", "x" * 250 + ".flac"),
        ("a." + "y" * 400, "a." + "y" * 19),
    ],
)
def test_a_file_name_is_made_safe_to_show(given: str, kept: str) -> None:
    assert safe_file_name(given) == kept
