from typing import Any

import pytest
from rest_framework.exceptions import ErrorDetail

from transcripts.options import MOST_UNKNOWN, OptionsSerializer, StrictCharField
from transcripts.serializers import TranscriptCreateSerializer


def errors_of(options: dict[str, Any]) -> dict[str, list[ErrorDetail]]:
    serializer = OptionsSerializer(data=options)
    assert not serializer.is_valid()
    errors: dict[str, list[ErrorDetail]] = serializer.errors
    return errors


def test_a_list_that_is_too_long_is_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[object] = []
    monkeypatch.setattr(StrictCharField, "to_internal_value", lambda self, data: looked_at.append(data))
    (error,) = errors_of({"keyterms_prompt": [1] * 500_000})["keyterms_prompt"]
    assert (error.code, "1000" in error) == ("too_long", True)
    assert looked_at == []


def test_unknown_names_are_told_up_to_a_number() -> None:
    assert len(errors_of({f"x{n}": 1 for n in range(10_000)})) == MOST_UNKNOWN


@pytest.mark.parametrize("url", ["https://user:password@example.com/a.mp3", "https://user@example.com/", "https://@x/"])
def test_an_address_may_hold_no_password(url: str) -> None:
    serializer = TranscriptCreateSerializer(data={"audio_url": url})
    assert not serializer.is_valid()
    assert serializer.errors["audio_url"][0].code == "has_password"


def test_an_at_sign_elsewhere_is_no_password() -> None:
    assert TranscriptCreateSerializer(data={"audio_url": "https://example.com/@ada/talk.mp3?to=a@b"}).is_valid()
