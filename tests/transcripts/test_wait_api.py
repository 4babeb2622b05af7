"""Waiting for a transcript with `Prefer: wait`, on creating and on reading."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from api_project.rest.body_places import PLACES
from api_project.rest.waiting import LOOK_EVERY_SECONDS, WAITERS
from tests.api import TRANSCRIPTS, WAV, api_client, post_bare, post_json, post_stream
from tests.factories import make_transcript, make_user
from transcripts.models import Status, Transcript
from transcripts.services import transcript_delete

pytestmark = pytest.mark.django_db
URL = {"audio_url": "https://example.com/a.mp3"}


class Clock:
    """Time that passes when a waiter sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.after_seconds: float = 0
        self.happens: Callable[[], Any] = lambda: None

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.now >= self.after_seconds:
            self.happens()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(WAITERS, "clock", clock)
    monkeypatch.setattr(WAITERS, "sleep", clock.sleep)
    return clock


def waiting(seconds: int = 20, name: str = "ada", **options: Any) -> Client:
    client = api_client(name, **options)
    client.defaults["HTTP_PREFER"] = f"wait={seconds}"
    return client


def fail_it() -> None:
    Transcript.objects.filter(deleted_at=None).update(
        status=Status.ERROR, error_code="rejected", error_message="No.", completed_at="2026-11-22T17:00:00Z"
    )


def delete_it() -> None:
    for transcript in Transcript.objects.filter(deleted_at=None):
        transcript_delete(transcript=transcript)


def address(transcript: Transcript) -> str:
    return f"{TRANSCRIPTS}{transcript.pk}/"


def test_reading_waits_for_the_end(clock: Clock) -> None:
    transcript = make_transcript(make_user())
    clock.after_seconds, clock.happens = 3, fail_it
    response = waiting().get(address(transcript))

    assert (response.status_code, response.json()["status"]) == (200, "error")
    assert response["Preference-Applied"] == "wait=20"
    assert "Retry-After" not in response
    assert clock.now == 3


def test_creating_waits_for_the_end_and_is_a_202_all_the_same(clock: Clock) -> None:
    clock.after_seconds, clock.happens = 3, fail_it
    response = post_json(waiting(), URL)

    assert (response.status_code, response.json()["status"]) == (202, "error")
    assert response["Preference-Applied"] == "wait=20"
    assert response["Location"].endswith(f"{response.json()['id']}/")
    assert clock.now == 3


def test_what_has_not_ended_in_time_is_shown_as_it_is(clock: Clock) -> None:
    for response in (post_json(waiting(5), URL), waiting(5).get(address(make_transcript()))):
        assert response.json()["status"] == "queued"
        assert response["Preference-Applied"] == "wait=5"
        assert response["Retry-After"] == "3"
    assert clock.now == 10


def test_nobody_waits_longer_than_a_minute(clock: Clock) -> None:
    assert post_json(waiting(3600), URL)["Preference-Applied"] == "wait=60"
    assert clock.now == 60


def test_what_has_ended_is_answered_at_once(clock: Clock) -> None:
    transcript = make_transcript()
    fail_it()

    assert waiting().get(address(transcript))["Preference-Applied"] == "wait=20"
    assert clock.now == 0


def test_without_the_preference_nobody_waits(clock: Clock) -> None:
    for response in (post_json(api_client(), URL), api_client().get(address(make_transcript()))):
        assert "Preference-Applied" not in response
        assert response["Retry-After"] == "3"
    assert clock.now == 0


def test_a_transcript_that_is_deleted_meanwhile_ends_the_wait(clock: Clock) -> None:
    transcript = make_transcript()
    clock.after_seconds, clock.happens = 3, delete_it

    assert waiting().get(address(transcript)).status_code == 404
    clock.after_seconds = 6
    assert post_json(waiting(), URL).status_code == 410
    assert clock.now == 6


def test_a_strangers_transcript_is_not_waited_for(clock: Clock) -> None:
    assert waiting(name="grace").get(address(make_transcript())).status_code == 404
    assert clock.now == 0


def test_a_refused_request_does_not_wait(clock: Clock) -> None:
    assert post_json(waiting(), {"audio_url": "nonsense"}).status_code == 400
    assert clock.now == 0


def test_beyond_the_places_the_answer_comes_at_once(clock: Clock, settings: Any) -> None:
    settings.WAITERS_AT_ONCE = 0
    response = post_json(waiting(), URL)

    assert (response.status_code, response["Retry-After"]) == (202, "3")
    assert "Preference-Applied" not in response
    assert clock.now == 0


def test_the_place_is_taken_before_the_body_is_read(clock: Clock, settings: Any) -> None:
    settings.WAITERS_AT_ONCE = 1
    other = waiting(name="grace")
    answers: list[Any] = []

    class Meanwhile(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if not answers:
                answers.append(post_json(other, URL))
            return super().read(size)

    assert "Preference-Applied" in post_stream(waiting(), Meanwhile(WAV), len(WAV), "audio/wav")
    assert "Preference-Applied" not in answers[0]


def test_who_waits_holds_no_place_for_bodies(clock: Clock) -> None:
    held: list[int] = []
    clock.happens = lambda: held.append(PLACES.count())
    post_bare(waiting(1), WAV)

    assert held and set(held) == {0}


def test_a_repeated_request_waits_too(clock: Clock) -> None:
    client = waiting()
    client.defaults["HTTP_IDEMPOTENCY_KEY"] = "one"
    post_json(client, URL)
    clock.after_seconds, clock.happens = 23, fail_it

    response = post_json(client, URL)
    assert (response.json()["status"], response["Idempotent-Replayed"]) == ("error", "true")
    assert clock.now == 23


def test_an_unchanged_record_is_a_304_after_the_wait(clock: Clock) -> None:
    transcript, client = make_transcript(), waiting(5)
    tag = api_client().get(address(transcript))["ETag"]
    response = client.get(address(transcript), headers={"If-None-Match": tag})

    assert (response.status_code, response["Preference-Applied"]) == (304, "wait=5")
    assert clock.now == 5


def test_a_look_is_one_query(clock: Clock) -> None:
    transcript = make_transcript()
    queries = []
    for seconds in (1, 2):
        client = waiting(seconds)
        with CaptureQueriesContext(connection) as captured:
            client.get(address(transcript))
        queries.append(len(captured))

    assert queries[1] - queries[0] == 1 / LOOK_EVERY_SECONDS


@pytest.mark.django_db(transaction=True)
def test_who_waits_holds_no_connection(clock: Clock) -> None:
    held: list[bool] = []
    clock.happens = lambda: held.append(connection.connection is not None)
    post_json(waiting(1), URL)

    assert held[0] is False
