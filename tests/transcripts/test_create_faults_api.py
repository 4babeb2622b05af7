"""Bad input when making a transcript: a problem that names the field, and nothing kept."""

import errno
import json
from io import BytesIO
from typing import Any

import pytest

from api_project.rest.upload_slots import upload_slot
from api_project.rest.uploads import ReceivedFile
from tests.api import (
    BOUNDARY,
    FORM,
    TRANSCRIPTS,
    WAV,
    Torn,
    Untouchable,
    api_client,
    fields_at_fault,
    form,
    form_part,
    form_with_file,
    nothing_is_kept,
    post_bare,
    post_form,
    post_json,
    post_stream,
)

pytestmark = pytest.mark.django_db

URL = "https://example.com/a.mp3"
FILE = form_part("file", WAV, filename="speech.wav")


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> Any:
    with nothing_is_kept():
        yield


def with_options(**options: Any) -> Any:
    return post_json(api_client(), {"audio_url": URL, "options": options})


# --- The file ---------------------------------------------------------------------------------------------------------


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


# --- The body ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content_type", ["audio/wav", FORM, "application/json"])
@pytest.mark.parametrize("received", [0, 1, 20, 500])
def test_a_body_shorter_than_it_said(content_type: str, received: int) -> None:
    body = {"audio/wav": WAV, FORM: form_with_file(), "application/json": json.dumps({"audio_url": URL}).encode()}
    sent = body[content_type][:received]
    response = post_stream(api_client(), BytesIO(sent), len(body[content_type]) + 999, content_type)

    assert (response.status_code, response.json()["type"]) == (400, "/api/problems/malformed-body/")
    assert f"{len(sent)} of the" in response.json()["detail"]


def test_a_client_that_goes_away_in_the_middle_of_a_file() -> None:
    for content_type in (FORM, "audio/wav"):
        assert post_stream(api_client(), Torn(), 1000, content_type).status_code == 400


@pytest.mark.parametrize("content_type", ["audio/wav", FORM, "application/json"])
@pytest.mark.parametrize("length", ["", "-1", "1e3", "ten", "\uff11"])
def test_a_body_without_a_length(content_type: str, length: str) -> None:
    response = post_stream(api_client(), Untouchable(), length, content_type)

    assert (response.status_code, response.json()["type"]) == (411, "/api/problems/length-required/")


@pytest.mark.parametrize("content_type", [FORM, "application/json"])
def test_an_empty_body(content_type: str) -> None:
    response = post_stream(api_client(), Untouchable(), 0, content_type)

    assert (response.status_code, response.json()["type"]) == (400, "/api/problems/malformed-body/")


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "application/octet-stream", "a" * 300, "audio"],
)
def test_a_body_of_another_kind(content_type: str) -> None:
    response = api_client().generic("POST", TRANSCRIPTS, WAV, content_type=content_type)

    assert response.status_code == 415
    assert "application/json, audio/*, multipart/form-data, video/*" in response.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        form(FILE)[:-4],
        FILE,
        FILE + f"--{BOUNDARY}".encode(),
        b"no boundary at all",
        b"\r\n",
        form(FILE).replace(b"\r\n", b"\n"),
        form(FILE.replace(b"Content-Disposition", b"Content-Dispositio\xff")),
        form(FILE.replace(b"Content-Disposition: form-data; name", b"X-Nothing: x; name")),
        form(FILE.replace(b"form-data", b"attachment")),
        f"--{BOUNDARY}\r\n".encode() + b"X: " + b"y" * 10_000,
    ],
)
def test_a_form_that_is_none(body: bytes) -> None:
    response = post_form(api_client(), body)

    assert response.status_code in {400, 413}
    assert response.json()["type"] in {"/api/problems/malformed-body/", "/api/problems/too-large/"}


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; x=y"]
)
def test_a_form_whose_boundary_is_not_told(content_type: str) -> None:
    response = api_client().generic("POST", TRANSCRIPTS, form_with_file(), content_type=content_type)

    assert (response.status_code, response.json()["type"]) == (400, "/api/problems/malformed-body/")


def test_a_form_of_too_many_parts() -> None:
    response = post_form(api_client(), form(*(form_part("title", b"x") for _ in range(100))))

    assert response.status_code in {400, 413}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b"\xff\xfe{}",
        b'{"audio_url": NaN}',
        b"[" * 100_000,
        b'{"metadata": {"n": ' + b"9" * 5000 + b"}}",
    ],
)
def test_json_that_is_none(body: bytes) -> None:
    response = api_client().generic("POST", TRANSCRIPTS, body or b" ", content_type="application/json")

    assert (response.status_code, response.json()["type"]) == (400, "/api/problems/malformed-body/")


# --- The fields -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "at_fault"),
    [
        ({}, {"file": "required"}),
        ({"audio_url": ""}, {"audio_url": "blank"}),
        ({"audio_url": None}, {"audio_url": "null"}),
        ({"audio_url": 7}, {"audio_url": "invalid"}),
        ({"audio_url": "ftp://example.com/a"}, {"audio_url": "not_an_address"}),
        ({"audio_url": "file:///etc/passwd"}, {"audio_url": "not_an_address"}),
        ({"audio_url": "https://"}, {"audio_url": "not_an_address"}),
        ({"audio_url": "https://[::1"}, {"audio_url": "not_an_address"}),
        ({"audio_url": "https://example.com:99999/"}, {"audio_url": "not_an_address"}),
        ({"audio_url": "https://example.com/a b"}, {"audio_url": "not_an_address"}),
        ({"audio_url": "https://example.com/" + "a" * 2048}, {"audio_url": "max_length"}),
        ({"audio_url": URL, "file": "text"}, {"file": "invalid"}),
        ({"audio_url": URL, "surprise": 1, "id": 2}, {"id": "unknown", "surprise": "unknown"}),
        ({"audio_url": URL, "title": "x" * 201}, {"title": "max_length"}),
        ({"audio_url": URL, "title": 7}, {"title": "invalid"}),
        ({"audio_url": URL, "title": "a\0b"}, {"title": "invalid"}),
        ({"audio_url": URL, "title": "\ud800"}, {"title": "invalid"}),
        ({"audio_url": URL, "metadata": []}, {"metadata": "invalid"}),
        ({"audio_url": URL, "metadata": None}, {"metadata": "null"}),
        ({"audio_url": URL, "metadata": {"a": "x" * 17_000}}, {"metadata": "too_large"}),
        ({"audio_url": URL, "metadata": {"a": {"b": "\0"}}}, {"metadata.a.b": "invalid"}),
        ({"audio_url": URL, "metadata": {"a": 2**64}}, {"metadata.a": "invalid"}),
        ({"audio_url": URL, "options": []}, {"options": "invalid"}),
        ({"audio_url": URL, "options": None}, {"options": "null"}),
    ],
)
def test_a_field_that_is_wrong_is_named(body: dict[str, Any], at_fault: dict[str, str]) -> None:
    response = post_json(api_client(), body)

    assert response.status_code == 400
    assert fields_at_fault(response) == at_fault


@pytest.mark.parametrize(
    ("options", "at_fault"),
    [
        ({"nonsense": 1}, "options.nonsense"),
        ({"webhook_url": "https://evil.example"}, "options.webhook_url"),
        ({"raw_transcription_config": {}}, "options.raw_transcription_config"),
        ({"punctuate": "yes"}, "options.punctuate"),
        ({"punctuate": 1}, "options.punctuate"),
        ({"speaker_labels": True, "speakers_expected": "2"}, "options.speakers_expected"),
        ({"speaker_labels": True, "speakers_expected": True}, "options.speakers_expected"),
        ({"speaker_labels": True, "speakers_expected": 0}, "options.speakers_expected"),
        ({"audio_start_from": 1.5}, "options.audio_start_from"),
        ({"audio_start_from": -1}, "options.audio_start_from"),
        ({"audio_end_at": 10**30}, "options.audio_end_at"),
        ({"keyterms_prompt": "Ada"}, "options.keyterms_prompt"),
        ({"keyterms_prompt": ["Ada", 7]}, "options.keyterms_prompt.1"),
        ({"language_code": ["en"]}, "options.language_code"),
        ({"language_code": None}, "options.language_code"),
    ],
)
def test_an_option_that_is_wrong_is_named(options: dict[str, Any], at_fault: str) -> None:
    response = with_options(**options)

    assert response.status_code == 400
    assert list(fields_at_fault(response)) == [at_fault]


def test_an_unknown_option_is_told_what_is_allowed() -> None:
    detail = with_options(punctuation=True).json()["errors"][0]["detail"]

    assert "Allowed are: audio_end_at" in detail and "punctuate" in detail


@pytest.mark.parametrize(
    ("parts", "at_fault"),
    [
        ([FILE, form_part("surprise", b"1")], {"surprise": "unknown"}),
        ([form_part("audio", WAV, filename="speech.wav")], {"audio": "unknown"}),
        ([form_part("", WAV, filename="speech.wav")], {"": "unknown"}),
        ([FILE, FILE], {"file": "repeated"}),
        ([FILE, form_part("title", b"a"), form_part("title", b"b")], {"title": "repeated"}),
        ([FILE, form_part("audio_url", URL.encode())], {"audio_url": "conflict"}),
        ([form_part("title", b"a")], {"file": "required"}),
        ([FILE, form_part("options", b"not json")], {"options": "invalid"}),
        ([FILE, form_part("options", b"[1]")], {"options": "invalid"}),
        ([FILE, form_part("options", b'{"nonsense": 1}')], {"options.nonsense": "unknown"}),
        ([FILE, form_part("metadata", rb'{"a": "\u0000"}')], {"metadata.a": "invalid"}),
        ([FILE, form_part("title", b"\xff")], {"title": "invalid"}),
        ([FILE, form_part("title", b"a\0b")], {"title": "null_characters_not_allowed"}),
        ([FILE, form_part("title", b"x" * 300_000)], {"title": "too_large"}),
        ([form_part("file", b"", filename="")], {"file": "empty"}),
    ],
)
def test_a_form_field_that_is_wrong_is_named(parts: list[bytes], at_fault: dict[str, str]) -> None:
    response = post_form(api_client(), form(*parts))

    assert response.status_code == 400
    assert fields_at_fault(response) == at_fault


@pytest.mark.parametrize(
    ("query", "at_fault"),
    [
        ("surprise=1", {"surprise": "unknown"}),
        ("file=x", {"file": "unknown"}),
        ("title=a&title=b", {"title": "repeated"}),
        ("options=nonsense", {"options": "invalid"}),
        ("options=%7B%22nonsense%22:1%7D", {"options.nonsense": "unknown"}),
        ("metadata=7", {"metadata": "invalid"}),
        ("title=a%00b", {"title": "null_characters_not_allowed"}),
        ("audio_url=https://example.com/a", {"audio_url": "conflict"}),
    ],
)
def test_a_query_beside_bare_bytes_that_is_wrong_is_named(query: str, at_fault: dict[str, str]) -> None:
    response = post_bare(api_client(), WAV, query)

    assert response.status_code == 400
    assert fields_at_fault(response) == at_fault


@pytest.mark.parametrize("query", ["title=%ff", "&".join(f"a{n}=1" for n in range(100))])
def test_a_query_that_is_none(query: str) -> None:
    assert post_bare(api_client(), WAV, query).status_code == 400


def test_a_form_takes_nothing_from_the_query() -> None:
    response = post_form(api_client(), form_with_file(), path=f"{TRANSCRIPTS}?title=x")

    assert fields_at_fault(response) == {"title": "unknown"}


# --- Too many at once -------------------------------------------------------------------------------------------------


def test_an_upload_too_many_is_told_to_come_again_before_its_body_is_read(settings: Any) -> None:
    settings.UPLOADS_AT_ONCE = 1
    with upload_slot():
        for content_type in (FORM, "audio/wav"):
            response = post_stream(api_client(), Untouchable(), 1000, content_type)
            assert (response.status_code, response["Retry-After"]) == (503, "5")


def test_a_place_is_free_again_after_a_failure(settings: Any) -> None:
    settings.UPLOADS_AT_ONCE = 1

    for _ in range(3):
        assert post_bare(api_client(), b"no audio").status_code == 415
