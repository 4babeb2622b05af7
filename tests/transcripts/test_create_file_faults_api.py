"""Files that are refused when making a transcript: a problem that names the field, and nothing kept."""

import errno
from typing import Any

import pytest

from api_project.rest.body_places import PLACES
from api_project.rest.uploads import ReceivedFile
from tests.api import (
    FORM,
    WAV,
    Untouchable,
    api_client,
    fields_at_fault,
    form_with_file,
    post_bare,
    post_form,
    post_stream,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_is_kept")]


@pytest.mark.parametrize("content", [b"<!doctype html>" * 99, b"\x7fELF\x02\x01\x01", b"hello", b"\0" * 5000])
def test_bytes_that_no_container_begins_with(content: bytes) -> None:
    for response in (post_form(api_client(), form_with_file(content)), post_bare(api_client(), content)):
        assert response.status_code == 415
        assert fields_at_fault(response) == {"file": "unsupported_container"}
        assert "Allowed are: WAV" in response.json()["detail"]


def test_an_empty_file() -> None:
    for response in (
        post_form(api_client(), form_with_file(b"")),
        post_stream(api_client(), Untouchable(), 0, "audio/wav"),
    ):
        assert response.status_code == 400
        assert fields_at_fault(response) == {"file": "empty"}


def test_a_file_over_the_limit(settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = len(WAV) - 1

    for response in (post_form(api_client(), form_with_file()), post_bare(api_client(), WAV)):
        assert response.status_code == 413
        assert fields_at_fault(response) == {"file": "too_large"}
        assert f"{len(WAV) - 1} bytes" in response.json()["detail"]


def test_a_body_that_says_it_is_over_the_limit_is_not_read() -> None:
    for content_type in (FORM, "audio/wav", "application/json"):
        assert post_stream(api_client(), Untouchable(), "9" * 15, content_type).status_code == 413


def test_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: ReceivedFile, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(ReceivedFile, "write", full, raising=False)
    for response in (post_form(api_client(), form_with_file()), post_bare(api_client(), WAV)):
        assert (response.status_code, response.json()["type"]) == (507, "/api/problems/storage-full/")


def test_a_disk_that_is_full_when_the_file_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Any, name: str, content: Any) -> str:
        raise OSError(errno.EDQUOT, "Quota exceeded")

    monkeypatch.setattr("transcripts.storage.DurableFileSystemStorage._save", full)
    assert post_bare(api_client(), WAV).status_code == 507


def test_a_crash_while_the_row_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transcripts.services.log_move", lambda *args, **kwargs: 1 / 0)

    assert post_bare(api_client(raise_request_exception=False), WAV).status_code == 500


def test_an_upload_too_many_is_told_to_come_again_before_its_body_is_read(settings: Any) -> None:
    settings.UPLOADS_AT_ONCE = 1
    with PLACES.hold("somebody else"):
        for content_type in (FORM, "audio/wav"):
            response = post_stream(api_client(), Untouchable(), 1000, content_type)
            assert (response.status_code, response["Retry-After"]) == (503, "5")


def test_a_place_is_free_again_after_a_failure(settings: Any) -> None:
    settings.UPLOADS_AT_ONCE = 1

    for _ in range(3):
        assert post_bare(api_client(), b"no audio").status_code == 415
