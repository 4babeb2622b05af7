"""Uploads by the page's own forms, without JavaScript."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from tests.factories import AUDIO, make_user
from transcripts.models import Transcript

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    """A signed-in browser that has the page open, and so its token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())
    client.get("/")
    return client


def token(browser: Client) -> str:
    return browser.cookies["speech_csrf"].value


def send(browser: Client, content: bytes = AUDIO, **fields: Any) -> HttpResponse:
    file = BytesIO(content)
    file.name = "talk.wav"
    return browser.post("/", {"csrfmiddlewaretoken": token(browser), "file": file, **fields})  # type: ignore[return-value]


def files_left() -> list[Path]:
    folders = [Path(settings.FILE_UPLOAD_TEMP_DIR), Path(settings.AUDIO_DIR)]
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def _empty_folders() -> None:
    for path in files_left():
        path.unlink()


def test_a_file_is_accepted(browser: Client) -> None:
    response = send(browser)
    transcript = Transcript.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, f"/transcripts/{transcript.pk}/")
    assert (transcript.file_name, transcript.file_content_type) == ("talk.wav", "audio/wav")
    assert Path(transcript.audio.path).read_bytes() == AUDIO


def test_an_address_is_accepted(browser: Client) -> None:
    data = {"csrfmiddlewaretoken": token(browser), "audio_url": "https://example.com/a.mp3"}
    body = "&".join(f"{name}={value}" for name, value in data.items())
    response = browser.post("/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 302
    assert Transcript.objects.get().audio_url == "https://example.com/a.mp3"


def test_what_is_no_audio_is_refused_in_the_apis_words(browser: Client) -> None:
    response = send(browser, b"%PDF-1.7 and so on")
    assert response.status_code == 415
    assert "<p>The file begins like no audio or video container.</p>" in response.content.decode()
    assert not Transcript.objects.exists()
    assert files_left() == []


def test_a_form_without_a_file_is_refused(browser: Client) -> None:
    response = send(browser, b"")
    page = response.content.decode()
    assert response.status_code == 400
    assert "<p>The file is empty.</p>" in page
    assert not Transcript.objects.exists()


def test_an_address_that_is_none_is_refused_and_kept_for_mending(browser: Client) -> None:
    body = f"csrfmiddlewaretoken={token(browser)}&audio_url=ftp%3A%2F%2Fexample.com%2Fa"
    response = browser.post("/", body, content_type="application/x-www-form-urlencoded")
    page = response.content.decode()
    assert response.status_code == 400
    assert "must be an http or https address" in page
    assert 'value="ftp://example.com/a"' in page


def test_a_file_over_the_limit_is_refused(browser: Client, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 10
    response = send(browser)
    assert response.status_code == 413
    assert "larger than the limit of 10 bytes" in response.content.decode()
    assert files_left() == []


def test_an_unknown_field_is_refused(browser: Client) -> None:
    response = send(browser, webhook_url="https://example.com/")
    assert response.status_code == 400
    assert "webhook_url" in response.content.decode()


@pytest.mark.parametrize("given", ["", "wrong" * 8])
def test_a_form_from_elsewhere_leaves_nothing(browser: Client, given: str) -> None:
    assert send(browser, csrfmiddlewaretoken=given).status_code == 403
    assert not Transcript.objects.exists()
    assert files_left() == []


def test_an_address_from_elsewhere_leaves_nothing(browser: Client) -> None:
    response = browser.post("/", "audio_url=https://x.example/a", content_type="application/x-www-form-urlencoded")
    assert response.status_code == 403
    assert not Transcript.objects.exists()


def test_a_strangers_upload_is_not_read() -> None:
    file = BytesIO(AUDIO)
    file.name = "talk.wav"
    response = Client().post("/", {"file": file})
    assert response.headers["Location"].startswith("/sign-in/")
    assert files_left() == []


def test_a_body_that_ends_early_leaves_nothing(browser: Client) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n'
        + token(browser).encode()
        + b'\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
        + AUDIO
    )
    response = browser.generic("POST", "/", body, content_type="multipart/form-data; boundary=x")
    assert response.status_code == 400
    assert not Transcript.objects.exists()
    assert files_left() == []
