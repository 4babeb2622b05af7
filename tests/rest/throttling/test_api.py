"""What clients are told of the limit on requests, and what happens beyond it."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from api_project.rest.throttling.limits import POLICY_HEADER, STANDING_HEADER
from tests.api import TRANSCRIPTS, api_client, post_json
from tests.factories import make_transcript, make_user

pytestmark = pytest.mark.django_db
STANDING = re.compile(r'"default";r=(\d+);t=(\d+)')


@pytest.fixture(autouse=True)
def _three_an_hour(settings: Settings) -> None:
    # A window that does not end while a test runs, but for once in days.
    settings.THROTTLE_REQUESTS, settings.THROTTLE_SECONDS = 3, 86_400


def left(response: Any) -> int:
    match = STANDING.fullmatch(response[STANDING_HEADER])
    assert match and 0 <= int(match[2]) <= 86_400
    return int(match[1])


def test_every_answer_tells_the_policy_and_where_one_stands() -> None:
    client = api_client()
    answers = [client.get(TRANSCRIPTS), client.get(f"{TRANSCRIPTS}?surprise=1"), client.put(TRANSCRIPTS)]
    assert [answer.status_code for answer in answers] == [200, 400, 405]
    assert {answer[POLICY_HEADER] for answer in answers} == {'"default";q=3;w=86400'}
    assert [left(answer) for answer in answers] == [2, 1, 0]


def test_beyond_the_limit_the_answer_is_429_and_says_when_to_come_back() -> None:
    client = api_client()
    for _ in range(3):
        client.get(TRANSCRIPTS)
    refused = client.get(TRANSCRIPTS)
    assert (refused.status_code, refused.json()["type"]) == (429, "/api/problems/throttled/")
    assert left(refused) == 0
    assert 1 <= int(refused["Retry-After"]) <= 86_400


def test_nothing_is_read_of_what_is_refused() -> None:
    client = api_client()
    for _ in range(3):
        client.get(TRANSCRIPTS)
    assert post_json(client, {"audio_url": "https://example.com/a.mp3"}).status_code == 429
    assert make_user().transcripts.count() == 0


def test_each_key_has_a_limit_of_its_own_also_those_of_one_user() -> None:
    for client in (api_client(), api_client(), api_client("mallory")):
        assert left(client.get(TRANSCRIPTS)) == 2


def test_the_sessions_of_a_user_count_together_and_apart_from_keys() -> None:
    api_client("grace").get(TRANSCRIPTS)
    for expected in (2, 1):
        client = Client()
        client.force_login(make_user("grace"))
        assert left(client.get(TRANSCRIPTS)) == expected


def test_a_refusal_for_want_of_scope_counts() -> None:
    response = api_client(scope="read").post(TRANSCRIPTS, {}, content_type="application/json")
    assert (response.status_code, left(response)) == (403, 2)


def test_not_modified_counts_and_tells() -> None:
    client, transcript = api_client(), make_transcript()
    path = f"{TRANSCRIPTS}{transcript.pk}/"
    tag = client.get(path)["ETag"]
    response = client.get(path, headers={"If-None-Match": tag})
    assert (response.status_code, left(response)) == (304, 1)


def test_who_is_not_known_is_told_the_policy_alone() -> None:
    for client in (Client(), Client(headers={"Authorization": "Bearer wrong"})):
        response = client.get(TRANSCRIPTS)
        assert response.status_code == 401
        assert POLICY_HEADER in response and STANDING_HEADER not in response


@pytest.mark.parametrize("path", ["/", "/api/docs/", "/api/schema/", "/api/problems/", "/healthz/live", "/sign-in/"])
def test_pages_descriptions_and_probes_have_no_limit(path: str) -> None:
    client = Client()
    client.force_login(make_user())
    for _ in range(5):
        response = client.get(path)
        assert response.status_code == 200
        assert POLICY_HEADER not in response


def test_callbacks_have_no_limit(client: Client) -> None:
    for _ in range(5):
        response = client.post("/webhooks/assemblyai/0193fe2a-6b70-7d1c-9c55-3f1f6f0a2b44/1/", {})
        assert response.status_code != 429 and POLICY_HEADER not in response


def test_no_limit_means_no_counting(settings: Settings) -> None:
    settings.THROTTLE_REQUESTS = 0
    client = api_client()
    for _ in range(5):
        response = client.get(TRANSCRIPTS)
        assert response.status_code == 200
    assert POLICY_HEADER not in response and STANDING_HEADER not in response
