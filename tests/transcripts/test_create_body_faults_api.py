"""Bodies that cannot be read when making a transcript: a problem that says why, and nothing kept."""

import json
from io import BytesIO

import pytest

from tests.api import (
    BOUNDARY,
    FORM,
    TRANSCRIPTS,
    WAV,
    Torn,
    Untouchable,
    api_client,
    form,
    form_part,
    form_with_file,
    post_form,
    post_stream,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_is_kept")]

URL = "https://example.com/a.mp3"
FILE = form_part("file", WAV, filename="speech.wav")


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
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/octets",
        "application/json2",
        "*/*",
        "a" * 3000,
        f"text/plain; x={'y' * 3000}",
        "audio",
    ],
)
def test_a_body_of_another_kind(content_type: str) -> None:
    response = api_client().generic("POST", TRANSCRIPTS, WAV, content_type=content_type)

    assert response.status_code == 415
    assert (
        "application/json, application/octet-stream, audio/*, multipart/form-data, video/*" in response.json()["detail"]
    )


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
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; x=y",
        f"multipart/form-data; boundary={'b' * 71}",
        f"multipart/form-data; boundary={'b' * 300}",
        f"multipart/form-data; boundary={'b' * 20_000}",
        "multipart/form-data; boundary*=utf-7''+2AA-",
        "multipart/form-data; boundary*=utf-8''a%0Ab",
    ],
)
def test_a_form_whose_boundary_is_none(content_type: str) -> None:
    response = api_client().generic("POST", TRANSCRIPTS, form_with_file(), content_type=content_type)

    assert (response.status_code, response.json()["type"]) == (400, "/api/problems/malformed-body/")
    assert "boundary: 1 to 70" in response.json()["detail"]


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
