"""Fields that are wrong when making a transcript: a problem that names them, and nothing kept."""

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.api import (
    TRANSCRIPTS,
    WAV,
    api_client,
    fields_at_fault,
    form,
    form_part,
    form_with_file,
    post_bare,
    post_form,
    post_json,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_is_kept")]

URL = "https://example.com/a.mp3"
FOUR_FAULTS = {
    "title": "invalid",
    "surprise": "unknown",
    "options.odd": "unknown",
    "options.punctuate": "invalid",
}
FILE = form_part("file", WAV, filename="speech.wav")


def with_options(**options: Any) -> Any:
    return post_json(api_client(), {"audio_url": URL, "options": options})


@pytest.mark.parametrize(
    ("body", "at_fault"),
    [
        ({}, {"file": "required"}),
        ({"audio_url": ""}, {"audio_url": "blank"}),
        ({"audio_url": None}, {"audio_url": "null"}),
        ({"audio_url": 7}, {"audio_url": "invalid"}),
        ({"audio_url": "ftp://example.com/a"}, {"audio_url": "not_an_address"}),
        ({"audio_url": "file:///etc/passwd"}, {"audio_url": "not_an_address"}),
        ({"audio_url": "https://"}, {"audio_url": "not_an_address"}),
        ({"audio_url": "https://[::1"}, {"audio_url": "not_an_address"}),
        ({"audio_url": "https://example.com:99999/"}, {"audio_url": "not_an_address"}),
        ({"audio_url": "https://example.com/a b"}, {"audio_url": "not_an_address"}),
        ({"audio_url": "https://example.com/" + "a" * 2048}, {"audio_url": "max_length"}),
        ({"audio_url": URL, "file": "text"}, {"file": "invalid"}),
        ({"audio_url": URL, "surprise": 1, "id": 2}, {"id": "unknown", "surprise": "unknown"}),
        ({"audio_url": URL, "title": "x" * 201}, {"title": "max_length"}),
        ({"audio_url": URL, "title": 7}, {"title": "invalid"}),
        ({"title": 7, "surprise": 1, "options": {"odd": 1, "punctuate": 1}}, FOUR_FAULTS),
        ({"audio_url": URL, "title": "a\0b"}, {"title": "invalid"}),
        ({"audio_url": URL, "title": "\ud800"}, {"title": "invalid"}),
        ({"audio_url": URL, "metadata": []}, {"metadata": "invalid"}),
        ({"audio_url": URL, "metadata": None}, {"metadata": "null"}),
        ({"audio_url": URL, "metadata": {"a": "x" * 17_000}}, {"metadata": "too_large"}),
        ({"audio_url": URL, "metadata": {"a": {"b": "\0"}}}, {"metadata.a.b": "invalid"}),
        ({"audio_url": URL, "metadata": {"a": 2**64}}, {"metadata.a": "invalid"}),
        ({"audio_url": URL, "options": []}, {"options": "invalid"}),
        ({"audio_url": URL, "options": None}, {"options": "null"}),
    ],
)
def test_a_field_that_is_wrong_is_named(body: dict[str, Any], at_fault: dict[str, str]) -> None:
    response = post_json(api_client(), body)

    assert response.status_code == 400
    assert fields_at_fault(response) == at_fault


@pytest.mark.parametrize(
    ("options", "at_fault"),
    [
        ({"nonsense": 1}, "options.nonsense"),
        ({"webhook_url": "https://evil.example"}, "options.webhook_url"),
        ({"raw_transcription_config": {}}, "options.raw_transcription_config"),
        ({"punctuate": "yes"}, "options.punctuate"),
        ({"punctuate": 1}, "options.punctuate"),
        ({"speaker_labels": True, "speakers_expected": "2"}, "options.speakers_expected"),
        ({"speaker_labels": True, "speakers_expected": True}, "options.speakers_expected"),
        ({"speaker_labels": True, "speakers_expected": 0}, "options.speakers_expected"),
        ({"audio_start_from": 1.5}, "options.audio_start_from"),
        ({"audio_start_from": -1}, "options.audio_start_from"),
        ({"audio_end_at": 10**30}, "options.audio_end_at"),
        ({"keyterms_prompt": "Ada"}, "options.keyterms_prompt"),
        ({"keyterms_prompt": ["Ada", 7]}, "options.keyterms_prompt.1"),
        ({"language_code": ["en"]}, "options.language_code"),
        ({"language_code": None}, "options.language_code"),
    ],
)
def test_an_option_that_is_wrong_is_named(options: dict[str, Any], at_fault: str) -> None:
    response = with_options(**options)

    assert response.status_code == 400
    assert list(fields_at_fault(response)) == [at_fault]


def test_an_unknown_option_is_told_what_is_allowed() -> None:
    detail = with_options(punctuation=True).json()["errors"][0]["detail"]

    assert "Allowed are: audio_end_at" in detail and "punctuate" in detail


@pytest.mark.parametrize(
    ("parts", "at_fault"),
    [
        ([FILE, form_part("surprise", b"1")], {"surprise": "unknown"}),
        ([form_part("audio", WAV, filename="speech.wav")], {"audio": "unknown"}),
        ([form_part("", WAV, filename="speech.wav")], {"": "unknown"}),
        ([FILE, FILE], {"file": "repeated"}),
        ([FILE, form_part("title", b"a"), form_part("title", b"b")], {"title": "repeated"}),
        ([FILE, form_part("audio_url", URL.encode())], {"audio_url": "conflict"}),
        ([form_part("title", b"a")], {"file": "required"}),
        ([FILE, form_part("options", b"not json")], {"options": "invalid"}),
        ([FILE, form_part("options", b"[1]")], {"options": "invalid"}),
        ([FILE, form_part("options", b'{"nonsense": 1}')], {"options.nonsense": "unknown"}),
        ([FILE, form_part("metadata", rb'{"a": "\u0000"}')], {"metadata.a": "invalid"}),
        ([FILE, form_part("title", b"\xff")], {"title": "invalid"}),
        ([FILE, form_part("title", b"a\0b")], {"title": "invalid"}),
        ([FILE, form_part("title", b"x" * 300_000)], {"title": "too_large"}),
        ([form_part("file", b"", filename="")], {"file": "empty"}),
    ],
)
def test_a_form_field_that_is_wrong_is_named(parts: list[bytes], at_fault: dict[str, str]) -> None:
    response = post_form(api_client(), form(*parts))

    assert response.status_code == 400
    assert fields_at_fault(response) == at_fault


@pytest.mark.parametrize(
    ("query", "at_fault"),
    [
        ("surprise=1", {"surprise": "unknown"}),
        ("file=x", {"file": "unknown"}),
        ("title=a&title=b", {"title": "repeated"}),
        ("options=nonsense", {"options": "invalid"}),
        ("options=%7B%22nonsense%22:1%7D", {"options.nonsense": "unknown"}),
        ("metadata=7", {"metadata": "invalid"}),
        ("title=a%00b", {"title": "invalid"}),
        ("audio_url=https://example.com/a", {"audio_url": "conflict"}),
    ],
)
def test_a_query_beside_bare_bytes_that_is_wrong_is_named(query: str, at_fault: dict[str, str]) -> None:
    response = post_bare(api_client(), WAV, query)

    assert response.status_code == 400
    assert fields_at_fault(response) == at_fault


@pytest.mark.parametrize("query", ["title=%ff", "&".join(f"a{n}=1" for n in range(100))])
def test_a_query_that_is_none(query: str) -> None:
    assert post_bare(api_client(), WAV, query).status_code == 400


def test_a_form_takes_nothing_from_the_query() -> None:
    response = post_form(api_client(), form_with_file(), path=f"{TRANSCRIPTS}?title=x")

    assert fields_at_fault(response) == {"title": "unknown"}
    assert "form" in response.json()["detail"]
    assert "form" not in post_form(api_client(), form_with_file(), path=f"{TRANSCRIPTS}?zz=x").json()["detail"]


@pytest.mark.parametrize("title", ["a\nb", "a\tb", "\x1b[1m", "a\x7fb", "a\u202eb", "a\u200bb", "a\u2028b"])
def test_a_title_has_no_characters_that_cannot_be_seen(title: str) -> None:
    client = api_client()
    responses = [
        post_json(client, {"audio_url": URL, "title": title}),
        post_form(client, form(FILE, form_part("title", title.encode()))),
        post_bare(client, WAV, urlencode({"title": title})),
    ]

    assert [fields_at_fault(response) for response in responses] == [{"title": "unprintable"}] * 3


def test_nul_is_refused_in_the_same_words_everywhere() -> None:
    client = api_client()
    responses = [
        post_json(client, {"audio_url": URL, "title": "a\0b"}),
        post_form(client, form(FILE, form_part("title", b"a\0b"))),
        post_bare(client, WAV, "title=a%00b"),
    ]

    assert {response.json()["detail"] for response in responses} == {"title: This has a NUL character."}


def test_a_list_of_what_is_allowed_has_only_what_that_kind_of_body_takes() -> None:
    client = api_client()
    in_json = post_json(client, {"audio_url": URL, "zz": 1})
    beside_bytes = post_bare(client, WAV, "zz=1")
    in_a_form = post_form(client, form(FILE, form_part("zz", b"1")))

    def allowed(response: Any) -> str:
        return str(response.json()["detail"]).partition("Allowed are: ")[2]

    assert allowed(in_json) == "audio_url, metadata, options, title, webhook_endpoints, webhook_url."
    assert allowed(beside_bytes) == "filename, title, webhook_url, options, metadata, webhook_endpoints."
    assert allowed(in_a_form) == "file, title, webhook_url, audio_url, options, metadata, webhook_endpoints."


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], "This must be a JSON object."),
        ({"speech_models": "best"}, "This must be a list."),
        ({"speech_models": []}, "This must have 1 or more entries."),
        ({"language_code": 5}, "This must be a text."),
        ({"punctuate": "yes"}, "This must be true or false."),
        ({"audio_end_at": "1"}, "This must be a whole number."),
        ({"temperature": "1"}, "This must be a number."),
        ({"redact_pii_sub": "zz"}, "This must be one of: hash, entity_name."),
        ({"redact_pii_sub": ["hash"]}, "This must be one of: hash, entity_name."),
        ({"speaker_options": 5}, "This must be a JSON object."),
    ],
)
def test_what_is_allowed_is_told_in_words_of_json(options: Any, sentence: str) -> None:
    response = post_json(api_client(), {"audio_url": URL, "options": options})

    assert response.json()["errors"][0]["detail"] == sentence
