"""Who said what, on the page of a transcript."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import make_url_transcript, make_user
from tests.transcripts.reading.spoken import make_said, said
from transcripts.models import Transcript

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]


@pytest.fixture
def browser() -> Client:
    client = Client()
    client.force_login(make_user())
    return client


def page_of(browser: Client, transcript: Transcript) -> str:
    return browser.get(f"/transcripts/{transcript.pk}/").content.decode()


@pytest.mark.parametrize(
    ("option", "who", "name"),
    [
        ("multichannel", {"channel": "1", "speaker": "1"}, "Channel 1"),
        ("multichannel", {"channel": "1", "speaker": "1A"}, "Speaker 1A"),
        ("speaker_labels", {"speaker": "A"}, "Speaker A"),
        ("speaker_labels", {}, "Somebody"),
    ],
)
def test_each_turn_is_told_by_its_speaker(
    option: str, who: dict[str, str], name: str, browser: Client, assemblyai_fake: FakeAssemblyAI, run_due: RunDue
) -> None:
    utterances = [{"text": "Good <b>morning</b>.", **who}, {"text": ""}]
    transcript = make_said(assemblyai_fake, run_due, said("Good morning."), utterances=utterances)
    assert "turn" not in page_of(browser, transcript)
    Transcript.objects.filter(pk=transcript.pk).update(options={option: True})
    page = page_of(browser, transcript)
    assert page.count('class="turn"') == 1
    assert f"<b>{name}: </b>Good &lt;b&gt;morning&lt;/b&gt;." in page


def test_captions_are_offered_beside_the_text(
    browser: Client, assemblyai_fake: FakeAssemblyAI, run_due: RunDue
) -> None:
    transcript = make_said(assemblyai_fake, run_due, said("Good morning."))
    page = page_of(browser, transcript)
    assert all(f"/api/v1/transcripts/{transcript.pk}/{part}/" in page for part in ("txt", "srt", "vtt"))


def test_an_address_is_a_name_with_its_port(browser: Client) -> None:
    make_url_transcript("http://example.com:8080/a.mp3")
    assert "<bdi>example.com:8080/a.mp3</bdi>" in browser.get("/").content.decode()
