"""Getting the stored audio: whole, in parts, again, and as nothing but a file."""

import os
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.api import TRANSCRIPTS, api_client, fields_at_fault, nothing_is_kept
from tests.factories import AUDIO, make_transcript, make_url_transcript, make_user
from transcripts.models import Transcript
from transcripts.services import transcript_delete

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]
CONTENT = AUDIO.ljust(200_000, b"\x01")
TAG = f'"{sha256(CONTENT).hexdigest()}"'


ANSWERS: list[Any] = []


@pytest.fixture(autouse=True)
def _all_answers_end() -> Iterator[None]:
    yield
    while ANSWERS:
        ANSWERS.pop().close()


def ask(transcript: Transcript, query: str = "", *, name: str = "ada", method: str = "get", **headers: str) -> Any:
    given = {header.replace("_", "-"): value for header, value in headers.items()}
    response = getattr(api_client(name), method)(f"{TRANSCRIPTS}{transcript.pk}/audio/{query}", headers=given)
    ANSWERS.append(response)
    return response


def body(response: Any) -> bytes:
    return bytes(response.getvalue())


@pytest.fixture
def transcript() -> Transcript:
    return make_transcript(content=CONTENT)


def test_the_whole_comes_as_it_was_received(transcript: Transcript) -> None:
    response = ask(transcript)

    assert (response.status_code, body(response)) == (200, CONTENT)
    assert response["Content-Length"] == str(len(CONTENT))
    assert response["ETag"] == TAG
    assert response["Accept-Ranges"] == "bytes"
    assert response["Content-Type"] == "audio/wav"
    assert "Content-Range" not in response


def test_it_is_a_file_and_nothing_that_a_browser_would_run(transcript: Transcript) -> None:
    response = ask(transcript)

    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == 'attachment; filename="call.wav"'
    assert response["Content-Security-Policy"] == "default-src 'none'; media-src 'self'; sandbox"
    assert response["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Cookie"} <= {name.strip() for name in response["Vary"].split(",")}


def test_a_page_may_play_it_where_it_is_and_no_more(transcript: Transcript) -> None:
    response = ask(transcript, "?disposition=inline")

    assert response["Content-Disposition"] == 'inline; filename="call.wav"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


def test_there_is_no_third_way_to_show_it(transcript: Transcript) -> None:
    response = ask(transcript, "?disposition=html")

    assert response.status_code == 400
    assert fields_at_fault(response) == {"disposition": "invalid_choice"}


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("meeting.html", 'attachment; filename="meeting.html.wav"'),
        ('a"b.wav', 'attachment; filename="a\\"b.wav"'),
        ("Überfahrt 会議.wav", f"attachment; filename*=utf-8''{quote('Überfahrt 会議.wav')}"),
        ("", 'attachment; filename="audio.wav"'),
    ],
)
def test_it_has_a_name_to_be_saved_under(transcript: Transcript, name: str, sent: str) -> None:
    Transcript.objects.update(file_name=name)
    assert ask(transcript)["Content-Disposition"] == sent


@pytest.mark.parametrize("content_type", ["text/html", ""])
def test_a_type_that_nobody_recognised_is_sent_as_mere_bytes(transcript: Transcript, content_type: str) -> None:
    Transcript.objects.update(file_content_type=content_type)
    assert ask(transcript)["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100000-", 100_000, 199_999),
        ("bytes=-5", 199_995, 199_999),
        ("bytes=0-", 0, 199_999),
    ],
)
def test_a_range_gets_that_part(transcript: Transcript, wanted: str, first: int, last: int) -> None:
    response = ask(transcript, range=wanted)

    assert (response.status_code, body(response)) == (206, CONTENT[first : last + 1])
    assert response["Content-Range"] == f"bytes {first}-{last}/{len(CONTENT)}"
    assert response["Content-Length"] == str(last + 1 - first)
    assert (response["ETag"], response["Content-Type"]) == (TAG, "audio/wav")


@pytest.mark.parametrize("wanted", ["bytes=0-1,5-6", "bytes=6-5", "pages=1-2", "rubbish"])
def test_several_ranges_and_rubbish_get_the_whole(transcript: Transcript, wanted: str) -> None:
    response = ask(transcript, range=wanted)
    assert (response.status_code, body(response)) == (200, CONTENT)


@pytest.mark.parametrize("wanted", ["bytes=200000-", "bytes=-0"])
def test_a_range_outside_of_the_file_is_a_416_that_says_how_long_it_is(transcript: Transcript, wanted: str) -> None:
    response = ask(transcript, range=wanted)

    assert (response.status_code, response.json()["type"]) == (416, "/api/problems/range-not-satisfiable/")
    assert response["Content-Range"] == "bytes */200000"
    assert "200000 bytes" in response.json()["detail"]


@pytest.mark.parametrize(
    ("if_range", "status"), [(TAG, 206), ('"other"', 200), (f"W/{TAG}", 200), ("Sun, 22 Nov 2026 20:00:00 GMT", 200)]
)
def test_a_download_goes_on_only_with_the_same_file(transcript: Transcript, if_range: str, status: int) -> None:
    assert ask(transcript, range="bytes=5-9", if_range=if_range).status_code == status


def test_a_range_outside_of_another_file_gets_the_whole(transcript: Transcript) -> None:
    assert ask(transcript, range="bytes=200000-", if_range='"other"').status_code == 200


def test_what_a_client_has_is_not_sent_again(transcript: Transcript) -> None:
    response = ask(transcript, if_none_match=TAG)

    assert (response.status_code, response.content, response["ETag"]) == (304, b"", TAG)


def test_another_file_than_the_one_that_is_meant_is_a_412(transcript: Transcript) -> None:
    assert ask(transcript, if_match='"other"').status_code == 412
    assert ask(transcript, if_match=TAG).status_code == 200


def test_head_tells_of_the_whole_and_sends_nothing(transcript: Transcript) -> None:
    response = ask(transcript, method="head", range="bytes=0-1")

    assert (response.status_code, response.content) == (200, b"")
    assert (response["Content-Length"], response["Accept-Ranges"]) == (str(len(CONTENT)), "bytes")
    assert response["Content-Disposition"].startswith("attachment")


def test_audio_at_an_address_is_not_ours_to_send() -> None:
    response = ask(make_url_transcript("https://example.com/a.mp3?key=1"))

    assert response.status_code == 404
    assert "`audio_url`" in response.json()["detail"] and "example.com" not in response.json()["detail"]


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_file_that_is_missing_is_a_503_and_an_error_in_the_log(
    transcript: Transcript, method: str, caplog: Any
) -> None:
    Path(transcript.audio.path).unlink()
    response = ask(transcript, method=method)

    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert any(getattr(record, "action", "") == "rest.file_missing" for record in caplog.records)


def test_storage_that_is_away_is_a_503(transcript: Transcript) -> None:
    folder = Path(transcript.audio.path).parent
    away = folder.with_name("away")
    folder.rename(away)
    try:
        assert ask(transcript).status_code == 503
    finally:
        away.rename(folder)


@pytest.mark.parametrize("size", [len(CONTENT) - 1, len(CONTENT) + 1, 0])
def test_a_file_of_another_length_is_not_sent_as_if_it_were_whole(transcript: Transcript, size: int) -> None:
    os.truncate(transcript.audio.path, size)
    assert ask(transcript).status_code == 503


def test_deleting_does_not_interrupt_who_listens(transcript: Transcript, run_due: RunDue) -> None:
    response = ask(transcript)
    pieces = iter(response.streaming_content)
    first = next(pieces)
    transcript_delete(transcript=transcript)
    run_due("erase")
    assert not Path(transcript.audio.path).exists()

    assert first + b"".join(pieces) == CONTENT
    assert ask(transcript).status_code == 404


def test_a_file_erased_between_its_row_and_its_opening_is_a_404(transcript: Transcript, monkeypatch: Any) -> None:
    storage = transcript.audio.storage

    def erased(name: str, mode: str = "rb") -> Any:
        transcript_delete(transcript=transcript)
        raise FileNotFoundError(name)

    monkeypatch.setattr(type(storage), "open", lambda self, name, mode="rb": erased(name, mode))
    assert ask(transcript).status_code == 404


def test_too_many_listeners_of_one_user_are_told_to_wait_and_others_are_not(transcript: Transcript) -> None:
    others = make_transcript(make_user("grace"), content=CONTENT)
    listening = [ask(transcript) for _ in range(6)]
    refused = ask(transcript)

    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert body(ask(others, name="grace")) == CONTENT
    assert body(listening[0]) == CONTENT
    assert ask(transcript, range="bytes=0-0").status_code == 206


def test_reading_changes_nothing(transcript: Transcript) -> None:
    with nothing_is_kept():
        assert body(ask(transcript)) == CONTENT
