"""The options that the page offers, without JavaScript."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.transcripts.options.faults import faults_of
from tests.transcripts.test_page_upload import browser, send, token
from transcripts.models import Transcript
from transcripts.pages.asked import LANGUAGES, asked_for

__all__ = ["browser"]

ALL: dict[str, Any] = {
    "title": " Weekly meeting ",
    "language": "de",
    "speaker_labels": "on",
    "multichannel": "on",
    "key_terms": "Ada Lovelace\r\n\r\n Analytical Engine, Babbage\r\n",
}
ASKED = {
    "language_code": "de",
    "speaker_labels": True,
    "multichannel": True,
    "keyterms_prompt": ["Ada Lovelace", "Analytical Engine", "Babbage"],
}


def send_address(browser: Client, **fields: str) -> HttpResponse:
    data = {"csrfmiddlewaretoken": token(browser), "audio_url": "https://example.com/a.mp3", **fields}
    response: Any = browser.post("/", urlencode(data), content_type="application/x-www-form-urlencoded")
    return response  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, {}),
        ({"title": " ", "language": "", "key_terms": " ,\n "}, {}),
        ({"title": "Talk"}, {"title": "Talk"}),
        ({"language": "detect"}, {"options": {"language_detection": True}}),
        (ALL, {"title": "Weekly meeting", "options": ASKED}),
    ],
)
def test_fields_become_what_the_api_takes(fields: dict[str, str], expected: dict[str, Any]) -> None:
    assert asked_for(fields) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_can_be_asked_for(language: str) -> None:
    assert faults_of(asked_for({"language": language}).get("options", {})) == {}


@pytest.mark.django_db
def test_a_file_is_transcribed_as_asked(browser: Client) -> None:
    assert send(browser, **ALL).status_code == 302
    transcript = Transcript.objects.get()
    assert (transcript.title, transcript.options) == ("Weekly meeting", ASKED)


@pytest.mark.django_db
def test_an_address_is_transcribed_as_asked(browser: Client) -> None:
    assert send_address(browser, **ALL).status_code == 302
    transcript = Transcript.objects.get()
    assert (transcript.title, transcript.options) == ("Weekly meeting", ASKED)


@pytest.mark.django_db
def test_nothing_need_be_asked(browser: Client) -> None:
    assert send(browser, title="", language="", key_terms="").status_code == 302
    assert Transcript.objects.get().options == {}


@pytest.mark.django_db
def test_what_is_wrong_is_said_and_what_was_given_is_kept_for_mending(browser: Client) -> None:
    terms = "one two three four five six <seven>"
    response = send_address(browser, key_terms=terms, language="de", speaker_labels="on")
    page = response.content.decode()
    assert response.status_code == 400
    assert "<p>A key term has one to six words.</p>" in page
    assert "one two three four five six &lt;seven&gt;</textarea>" in page
    assert page.count('<option value="de" selected>') == page.count("checked>") == page.count(" open>") - 1 == 1
    assert not Transcript.objects.exists()
