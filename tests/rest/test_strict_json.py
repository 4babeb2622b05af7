"""JSON that cannot be kept is refused, and nothing else is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_project.rest.strict_json import MAX_DEPTH, BadJson, load_json
from tests.api import TRANSCRIPTS, api_client, fields_at_fault, form_part, form_with_file, nothing_is_kept, post_form


def deep(levels: int) -> str:
    return "[" * levels + "]" * levels


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (b"", ""),
        (b"{", ""),
        (b'{"a": 1,}', ""),
        (b"\xff", ""),
        (b'{"a": "\xed\xa0\x80"}', ""),
        (b'{"a": NaN}', ""),
        (b'{"a": -Infinity}', ""),
        (b'{"a": 1e999}', "a"),
        (b'{"a": {"b": [0, 99999999999999999999]}}', "a.b.1"),
        (b'{"a": ' + b"9" * 5000 + b"}", ""),
        (rb'{"a": "x\u0000y"}', "a"),
        (rb'{"a": {"\u0000": 1}}', "a"),
        (rb'{"a": "\ud83d"}', "a"),
        (b'{"a": 1, "b": 2, "a": 1}', "a"),
        (b'{"a": {"b": [0, {"c": 1, "c": 2}]}}', "a.b.1.c"),
        (rb'[{"": 1, "": 2}]', "0."),
        (rb'{"a": {"\u0000": 1, "\u0000": 2}}', "a"),
        (deep(MAX_DEPTH + 1).encode(), "0"),
        (deep(100_000).encode(), ""),
    ],
)
def test_it_refuses_what_cannot_be_kept(text: bytes, path: str) -> None:
    with pytest.raises(BadJson) as caught:
        load_json(text)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'{"a": [1, -2.5, true, null, "\xf0\x9f\x98\x80"]}', {"a": [1, -2.5, True, None, "😀"]}),
        (rb'"\ud83d\ude00"', "😀"),
        (b"9223372036854775807", 2**63 - 1),
        (deep(MAX_DEPTH).encode(), None),
    ],
)
def test_it_takes_what_can_be_kept(text: bytes, value: Any) -> None:
    assert value is None or load_json(text) == value


@pytest.mark.parametrize("text", [b'\xef\xbb\xbf{"a": 1}', '\ufeff{"a": 1}'])
def test_a_byte_order_mark_is_refused_in_plain_words(text: bytes | str) -> None:
    with pytest.raises(BadJson, match=r"^begins with a byte order mark; send it without\.$"):
        load_json(text)


def test_a_repeated_name_has_a_code_of_its_own() -> None:
    with pytest.raises(BadJson) as caught:
        load_json(b'{"a": 1, "a": 1}')
    assert (caught.value.code, caught.value.detail) == ("repeated", "is given more than once.")


@given(st.binary(max_size=60) | st.text(max_size=60))
def test_it_gives_a_value_or_says_why_not(text: bytes | str) -> None:
    try:
        load_json(text)
    except BadJson as exc:
        assert exc.detail.endswith(".")


@pytest.mark.django_db
def test_the_api_names_what_came_twice() -> None:
    client = api_client()
    options = b'{"punctuate": true, "punctuate": false}'
    body = b'{"audio_url": "https://example.com/a.mp3", "options": %s}' % options
    with nothing_is_kept():
        as_json = client.post(TRANSCRIPTS, body, content_type="application/json")
        as_form = post_form(client, form_with_file(b"RIFF....WAVEfmt ", form_part("options", options)))
    assert fields_at_fault(as_json) == fields_at_fault(as_form) == {"options.punctuate": "repeated"}
