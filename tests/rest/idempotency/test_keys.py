"""What counts as a key, and what counts as the same request."""

import re
from typing import Any

import pytest
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from api_project.rest.exceptions import InvalidInput
from api_project.rest.idempotency.keys import HEADER, fingerprint_of, read_key
from api_project.rest.idempotency.schema import PATTERN
from api_project.rest.uploads import ReceivedFile


def request_with(value: str | None) -> Request:
    return Request(APIRequestFactory().post("/", headers={HEADER: value} if value is not None else {}))


def received(name: str, sha256: str) -> ReceivedFile:
    file = ReceivedFile(name)
    file.sha256 = sha256
    file.close()
    return file


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (None, None),
        ("x", "x"),
        ("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
        ("order 17; second try", "order 17; second try"),
        ('"order 17, second try"', "order 17, second try"),
        (" padded ", "padded"),
        ('it"s', 'it"s'),
        ("back\\slash", "back\\slash"),
        ("k" * 255, "k" * 255),
        ('"' + "k" * 255 + '"', "k" * 255),
        # As the IETF's draft has it.
        ('"8e03978e-40d5-43dd-bc93-6894a57f9324"', "8e03978e-40d5-43dd-bc93-6894a57f9324"),
        (r'"a \"quoted\" \\ key"', r'a "quoted" \ key'),
    ],
)
def test_a_key_is_printable_ascii_plain_or_quoted(value: str | None, key: str | None) -> None:
    assert read_key(request_with(value)) == key


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "d11,d22",
        "d11, d22",
        '"d11","d22"',
        "d11,",
        '""',
        "k" * 256,
        '"' + "k" * 256 + '"',
        "ünï",
        "tab\tbed",
        '"open',
        '"a"b"',
        '"a";x=1',
        '"\\n"',
    ],
)
def test_anything_else_is_refused_by_the_name_of_the_header(value: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_key(request_with(value))
    assert [error.field for error in caught.value.errors] == ["Idempotency-Key"]


A: dict[str, Any] = {"title": "A", "options": {"punctuate": True, "keyterms_prompt": ["x", "y"]}}


def test_the_order_of_fields_does_not_count() -> None:
    turned = {"options": {"keyterms_prompt": ["x", "y"], "punctuate": True}, "title": "A"}

    assert fingerprint_of("create", A) == fingerprint_of("create", turned)


@pytest.mark.parametrize(
    "other",
    [
        A | {"title": "B"},
        A | {"title": None},
        {"title": "A"},
        A | {"options": {"punctuate": True, "keyterms_prompt": ["y", "x"]}},
        A | {"metadata": {}},
    ],
)
def test_every_field_counts(other: dict[str, Any]) -> None:
    assert fingerprint_of("create", A) != fingerprint_of("create", other)


def test_the_operation_counts() -> None:
    assert fingerprint_of("create_transcript", A) != fingerprint_of("create_call", A)


def test_content_and_name_of_a_file_count() -> None:
    file = fingerprint_of("create", {"file": received("a.wav", "00")})

    assert file == fingerprint_of("create", {"file": received("a.wav", "00")})
    assert file != fingerprint_of("create", {"file": received("a.wav", "01")})
    assert file != fingerprint_of("create", {"file": received("b.wav", "00")})
    assert file != fingerprint_of("create", {"file": ["a.wav", "00"]})


@pytest.mark.parametrize("text", ["x", "k" * 255, '"x"', '"' + "k" * 255 + '"', "a b", '" a "', "~", "!", "a\\b"])
def test_what_the_description_allows_is_a_key(text: str) -> None:
    assert re.search(PATTERN, text)
    assert read_key(request_with(text))


@pytest.mark.parametrize("text", ["", " x", "x ", '"', '""', "k" * 256, "ü", '"a"b"', "x\n"])
def test_what_is_no_key_is_not_described_as_one(text: str) -> None:
    assert not re.fullmatch(PATTERN, text)
