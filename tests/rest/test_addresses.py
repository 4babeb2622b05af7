"""Addresses in answers are such that whoever asked can use them."""

from typing import Any

import pytest

from tests.api import TRANSCRIPTS, api_client, post_json
from tests.factories import make_url_transcript

pytestmark = pytest.mark.django_db

PUBLIC = "https://speech.example.com"


def addresses(host: str) -> list[str]:
    """Return every kind of address that the API gives, asked for under a name, over plain HTTP."""
    client, headers = api_client(), {"Host": host}
    made = client.post(
        TRANSCRIPTS, {"audio_url": "https://example.com/a.mp3"}, content_type="application/json", headers=headers
    )
    make_url_transcript()
    first = client.get(f"{TRANSCRIPTS}?limit=1", headers=headers).json()
    second = client.get(first["next"], headers=headers).json()
    return [made["Location"], first["next"], second["previous"]]


@pytest.mark.parametrize("host", ["speech.example.com", "Speech.Example.com", "speech.example.com:443"])
def test_behind_a_proxy_that_ends_tls_they_say_https(settings: Any, host: str) -> None:
    settings.PUBLIC_BASE_URL = PUBLIC
    settings.ALLOWED_HOSTS = ["speech.example.com"]

    assert all(address.startswith(f"{PUBLIC}{TRANSCRIPTS}") for address in addresses(host))


@pytest.mark.parametrize("host", ["testserver", "localhost:8000", "speech.example.com:8000"])
def test_under_another_name_they_have_that_name(settings: Any, host: str) -> None:
    settings.PUBLIC_BASE_URL = PUBLIC
    settings.ALLOWED_HOSTS = ["speech.example.com", "testserver", "localhost"]

    assert all(address.startswith(f"http://{host}{TRANSCRIPTS}") for address in addresses(host))


def test_without_a_public_address_they_have_the_name_that_was_asked_for() -> None:
    response = post_json(api_client(), {"audio_url": "https://example.com/a.mp3"})

    assert response["Location"].startswith(f"http://testserver{TRANSCRIPTS}")
