"""Sealing: what is sealed under any key can be read, and under none it cannot."""

import pytest
from pytest_django import Settings

from api_project.sealing import Unsealable, is_key, new_key, reseal, seal, unseal

OLD, NEW = new_key(), new_key()
TEXT = "whsec_ä€😀"


def test_what_is_sealed_can_be_read_again_and_not_seen() -> None:
    sealed = seal(TEXT)
    assert unseal(sealed) == TEXT
    assert "whsec" not in sealed
    assert sealed.isascii() and sealed.split() == [sealed]


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert seal(TEXT) != seal(TEXT)


def test_the_first_key_seals_and_all_unseal(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    sealed = seal(TEXT)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    assert unseal(sealed) == TEXT
    sealed_since = seal(TEXT)
    settings.ENCRYPTION_KEYS = [NEW]
    assert unseal(sealed_since) == TEXT


def test_a_key_that_is_left_out_opens_nothing_although_it_did_before(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    sealed = seal(TEXT)
    assert unseal(sealed) == TEXT
    settings.ENCRYPTION_KEYS = [NEW]
    for read in (unseal, reseal):
        with pytest.raises(Unsealable, match="ENCRYPTION_KEYS lacks the key"):
            read(sealed)


def test_what_is_sealed_anew_needs_the_first_key_alone(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    sealed = seal(TEXT)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    anew = reseal(sealed)
    settings.ENCRYPTION_KEYS = [NEW]
    assert unseal(anew) == TEXT


@pytest.mark.parametrize("sealed", ["", "x", "whsec_ä", "gAAAA", "=" * 100])
def test_what_was_never_sealed_cannot_be_read(sealed: str) -> None:
    with pytest.raises(Unsealable):
        unseal(sealed)


def test_what_was_changed_cannot_be_read() -> None:
    sealed = seal(TEXT)
    other = "A" if sealed[40] != "A" else "B"
    with pytest.raises(Unsealable):
        unseal(sealed[:40] + other + sealed[41:])


@pytest.mark.parametrize("keys", [[], [NEW, "secret-but-no-key"]])
def test_unusable_keys_are_told_without_naming_one(settings: Settings, keys: list[str]) -> None:
    sealed = seal(TEXT)
    settings.ENCRYPTION_KEYS = keys
    for fails in (seal, unseal, reseal):
        with pytest.raises(Unsealable) as told:
            fails(sealed)
        assert "secret-but-no-key" not in str(told.value) and NEW not in str(told.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a-_9" * 10 + "aaa=", True),
        ("a-_9" * 11, False),
        ("a" * 40, False),
        ("aaa=", False),
        ("ü" * 44, False),
        ("", False),
    ],
)
def test_a_key_is_32_bytes_in_url_safe_base64(text: str, expected: bool) -> None:
    assert is_key(text) is expected
