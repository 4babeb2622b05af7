"""Making a transcript over REST."""

import hashlib
import json
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from tests.api import (
    BOUNDARY,
    TRANSCRIPTS,
    WAV,
    api_client,
    form,
    form_part,
    form_with_file,
    post_bare,
    post_form,
    post_json,
    upload_folder,
)
from transcripts.models import Transcript

pytestmark = pytest.mark.django_db

OPTIONS = {"language_code": "en_us", "speaker_labels": True, "speakers_expected": 2, "keyterms_prompt": ["Ada"]}
METADATA = {"case": 4711, "nested": {"ünï": [None, 1.5]}}


def test_a_form_is_accepted_stored_and_told_where_to_watch() -> None:
    parts = [form_part("options", json.dumps(OPTIONS).encode()), form_part("metadata", json.dumps(METADATA).encode())]
    response = post_form(api_client(), form_with_file(WAV, *parts, form_part("title", b"A title")))

    assert response.status_code == 202
    transcript = Transcript.objects.get()
    assert urlsplit(response["Location"]).path == f"{TRANSCRIPTS}{transcript.pk}/"
    assert (transcript.owner.username, transcript.source, transcript.title) == ("ada", "upload", "A title")
    assert (transcript.options, transcript.metadata) == (OPTIONS, METADATA)
    assert Path(transcript.audio.path).read_bytes() == WAV
    assert upload_folder() == []


def test_the_answer_is_the_record() -> None:
    body = post_form(api_client(), form_with_file(WAV, form_part("title", b"A title"))).json()

    transcript = Transcript.objects.get()
    assert body == {
        "id": str(transcript.pk),
        "status": "queued",
        "title": "A title",
        "source": "upload",
        "file": {
            "name": "speech.wav",
            "size": len(WAV),
            "content_type": "audio/wav",
            "sha256": hashlib.sha256(WAV).hexdigest(),
        },
        "audio_url": None,
        "options": {},
        "metadata": {},
        "webhook_endpoints": None,
        "webhook_url": None,
        "text": None,
        "redacted_audio": None,
        "confidence": None,
        "language_code": None,
        "audio_duration": None,
        "speech_model_used": None,
        "warnings": [],
        "error": None,
        "provider_id": None,
        "call": None,
        "recording": None,
        "progress": None,
        "waiting_for": None,
        "created_at": transcript.created_at.isoformat().replace("+00:00", "Z"),
        "submitted_at": None,
        "completed_at": None,
    }


@pytest.mark.parametrize(
    "content_type", ["audio/wav", "audio/x-whatever", "video/mp4", "Audio/WAV; rate=8000", "application/octet-stream"]
)
def test_the_bare_bytes_of_a_file_are_accepted(content_type: str) -> None:
    query = {"filename": "x.wav", "title": "A title", "options": json.dumps(OPTIONS), "metadata": json.dumps(METADATA)}
    response = post_bare(api_client(), WAV, urlencode(query), content_type)

    assert response.status_code == 202
    body = response.json()
    assert (body["file"]["name"], body["file"]["content_type"]) == ("x.wav", "audio/wav")
    assert (body["title"], body["options"], body["metadata"]) == ("A title", OPTIONS, METADATA)


def test_bare_bytes_need_no_name() -> None:
    assert post_bare(api_client(), WAV).json()["file"]["name"] == "upload"


def test_an_address_is_accepted() -> None:
    url = "http://127.0.0.1:9000/audio/speech.mp3?signature=x%20y"
    response = post_json(api_client(), {"audio_url": url, "options": OPTIONS, "metadata": METADATA, "title": "T"})

    assert response.status_code == 202
    body = response.json()
    assert (body["source"], body["audio_url"], body["file"]) == ("url", url, None)
    assert (body["options"], body["metadata"], body["title"]) == (OPTIONS, METADATA, "T")


def test_an_address_may_come_in_a_form() -> None:
    response = post_form(api_client(), form(form_part("audio_url", b"https://example.com/a.mp3")))

    assert response.json()["audio_url"] == "https://example.com/a.mp3"


def test_content_that_cannot_be_decoded_is_for_the_engine_to_refuse() -> None:
    assert post_form(api_client(), form_with_file(b"RIFF\x24\x00\x00\x00WAVE" + b"broken" * 9)).status_code == 202


def test_what_the_client_says_about_the_kind_of_file_does_not_count() -> None:
    body = post_form(api_client(), form_with_file(b"fLaC\x00\x00\x00\x22" + bytes(64), filename="x.mp3")).json()

    assert (body["file"]["name"], body["file"]["content_type"]) == ("x.mp3", "audio/flac")


def test_a_part_without_a_file_name_is_a_file_too() -> None:
    assert post_form(api_client(), form(form_part("file", WAV))).json()["file"]["name"] == "upload"


def test_what_follows_the_closing_boundary_does_not_matter() -> None:
    assert post_form(api_client(), form_with_file() + b"\r\nan epilogue").status_code == 202


def test_accept_headers_do_not_matter() -> None:
    response = api_client().get(TRANSCRIPTS, headers={"Accept": "text/html"})

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize(
    ("given", "query", "name"),
    [
        ("attachment; filename=cd.wav", "", "cd.wav"),
        ('attachment; filename="a b.wav"', "", "a b.wav"),
        ("attachment; filename*=UTF-8''Gr%C3%BC%C3%9Fe.wav", "", "Grüße.wav"),
        ("attachment; filename=../../etc/passwd", "", "passwd"),
        ("attachment; filename=cd.wav", "?filename=other.wav", "other.wav"),
        ("attachment", "", "upload"),
        ("attachment; filename*=foo''cd.wav", "", "upload"),
        ("attachment; filename*; filename*1*", "", "upload"),
        ("attachment; filename*=utf-7''c+2AA-d.wav", "", "cd.wav"),
        ("", "", "upload"),
    ],
)
def test_the_name_of_bare_bytes_may_stand_in_a_header(given: str, query: str, name: str) -> None:
    headers = {"Content-Disposition": given}
    response = api_client().post(f"{TRANSCRIPTS}{query}", WAV, content_type="audio/wav", headers=headers)
    assert response.json()["file"]["name"] == name


@pytest.mark.parametrize("length", [1, 70])
def test_a_boundary_may_be_as_long_as_the_standard_has_it(length: int) -> None:
    boundary = "b" * length
    body = form_with_file().replace(BOUNDARY.encode(), boundary.encode())
    content_type = f"multipart/form-data; boundary={boundary}"

    assert api_client().generic("POST", TRANSCRIPTS, body, content_type=content_type).status_code == 202


def test_parameters_of_a_media_type_do_not_matter() -> None:
    content_type = f"application/json; x={'y' * 3000}"
    response = api_client().post(TRANSCRIPTS, {"audio_url": "https://example.com/a.mp3"}, content_type=content_type)

    assert response.status_code == 202
