"""Addresses of audio that clients give."""

import pytest

from transcripts.serializers import TranscriptCreateSerializer


@pytest.mark.parametrize("url", ["https://user:password@example.com/a.mp3", "https://user@example.com/", "https://@x/"])
def test_an_address_may_hold_no_password(url: str) -> None:
    serializer = TranscriptCreateSerializer(data={"audio_url": url})
    assert not serializer.is_valid()
    assert serializer.errors["audio_url"][0].code == "has_password"


def test_an_at_sign_elsewhere_is_no_password() -> None:
    assert TranscriptCreateSerializer(data={"audio_url": "https://example.com/@ada/talk.mp3?to=a@b"}).is_valid()
