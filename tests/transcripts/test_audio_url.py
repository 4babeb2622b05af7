"""Addresses of audio that clients give."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api import TRANSCRIPTS, api_client, post_json
from tests.assemblyai_fake import FakeAssemblyAI
from transcripts.serializers import TranscriptCreateSerializer

RunDue = Callable[..., Any]
SECRET = "b0c0ffee"
SIGNED = f"https://example.com/a.mp3?X-Amz-Signature={SECRET}"


@pytest.mark.parametrize("url", ["https://user:password@example.com/a.mp3", "https://user@example.com/", "https://@x/"])
def test_an_address_may_hold_no_password(url: str) -> None:
    serializer = TranscriptCreateSerializer(data={"audio_url": url})
    assert not serializer.is_valid()
    assert serializer.errors["audio_url"][0].code == "has_password"


def test_an_at_sign_elsewhere_is_no_password() -> None:
    assert TranscriptCreateSerializer(data={"audio_url": "https://example.com/@ada/talk.mp3?to=a@b"}).is_valid()


@pytest.mark.django_db
def test_a_signed_address_is_in_no_problem_and_no_log(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    client = api_client()
    address = f"{TRANSCRIPTS}{post_json(client, {'audio_url': SIGNED}).json()['id']}/"
    assemblyai_fake.fail_next(400, f"Cannot download {SIGNED}")
    run_due("submit")
    answers = [
        *(client.get(f"{address}{part}") for part in ("audio/", "redacted-audio/", "txt/", "words/")),
        post_json(client, {"audio_url": f"{SIGNED}&a= b"}),
        post_json(client, {"audio_url": f"ftp:{SIGNED}"}),
        post_json(client, {"audio_url": SIGNED, "surprise": 1}),
    ]

    assert {answer.status_code for answer in answers} == {400, 404, 409}
    assert not [answer.content for answer in answers if SECRET in answer.content.decode()]
    assert client.get(address).json()["audio_url"] == SIGNED
    assert SECRET not in caplog.text
