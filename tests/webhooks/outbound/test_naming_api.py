"""Whom a new transcript names to be told of it, in each of the three ways to make one."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test import Client

from tests.api import WAV, api_client, fields_at_fault, form_part, form_with_file, post_bare, post_form, post_json
from tests.webhooks.outbound.factories import URL, make_endpoint
from transcripts.models import Transcript
from webhooks.outbound.endpoints import endpoint_delete

pytestmark = pytest.mark.django_db

Post = Callable[[Client, dict[str, Any]], Any]


def as_json(client: Client, named: dict[str, Any]) -> Any:
    return post_json(client, {"audio_url": "https://example.com/a.mp3"} | named)


def as_form(client: Client, named: dict[str, Any]) -> Any:
    return post_form(client, form_with_file(WAV, *(form_part(*pair) for pair in texts(named))))


def as_bare_body(client: Client, named: dict[str, Any]) -> Any:
    return post_bare(client, WAV, urlencode(texts(named)))


def texts(named: dict[str, Any]) -> list[tuple[str, bytes]]:
    """Return the fields as they are given where all is text."""
    return [(name, (value if name == "webhook_url" else json.dumps(value)).encode()) for name, value in named.items()]


each_way = pytest.mark.parametrize("post", [as_json, as_form, as_bare_body])


@each_way
def test_it_is_kept_and_told_as_it_was_given(post: Post) -> None:
    client = api_client()
    named = {"webhook_endpoints": [str(make_endpoint().pk)], "webhook_url": f"{URL}?case=4711"}
    response = post(client, named)

    assert response.status_code == 202, response.content
    assert {name: client.get(response["Location"]).json()[name] for name in named} == named


@each_way
def test_what_is_left_out_is_null(post: Post) -> None:
    body = post(api_client(), {}).json()

    assert (body["webhook_endpoints"], body["webhook_url"]) == (None, None)


@each_way
@pytest.mark.parametrize("named", [[], None])
def test_none_at_all_is_not_the_same_as_all(post: Post, named: Any) -> None:
    assert post(api_client(), {"webhook_endpoints": named}).json()["webhook_endpoints"] == named


def test_a_url_that_is_empty_is_none() -> None:
    assert as_form(api_client(), {"webhook_url": ""}).json()["webhook_url"] is None


def test_where_all_is_text_a_name_may_be_given_once_for_each_endpoint() -> None:
    ids = [str(make_endpoint().pk) for _ in range(2)]
    parts = [form_part("webhook_endpoints", endpoint.encode()) for endpoint in ids]

    in_form = post_form(api_client(), form_with_file(WAV, *parts))
    in_query = post_bare(api_client(), WAV, urlencode({"webhook_endpoints": ids}, doseq=True))
    assert in_form.json()["webhook_endpoints"] == in_query.json()["webhook_endpoints"] == ids


@each_way
def test_an_endpoint_that_is_not_there_is_refused_by_its_id(post: Post) -> None:
    mine, hers, deleted, unknown = make_endpoint(), make_endpoint("grace"), make_endpoint(), uuid4()
    endpoint_delete(endpoint=deleted)
    named = [str(endpoint) for endpoint in (mine.pk, hers.pk, deleted.pk, unknown)]
    response = post(api_client(), {"webhook_endpoints": named})

    assert (response.status_code, fields_at_fault(response)) == (400, {"webhook_endpoints": "unknown"})
    told = response.json()["errors"][0]["detail"]
    assert all(endpoint in told for endpoint in named[1:]) and named[0] not in told
    assert not Transcript.objects.exists()


@each_way
def test_one_that_is_disabled_is_refused_too(post: Post) -> None:
    silent = make_endpoint(enabled=False)
    response = post(api_client(), {"webhook_endpoints": [str(make_endpoint().pk), str(silent.pk)]})

    assert fields_at_fault(response) == {"webhook_endpoints": "disabled"}
    assert str(silent.pk) in response.json()["detail"]


@each_way
@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("receiver.example.com", "invalid_scheme"),
        ("http://93.184.215.14/", "invalid_scheme"),
        ("https://127.0.0.1/", "refused_address"),
        ("https://[64:ff9b::a00:7]/", "refused_address"),
        ("https://me@93.184.215.14/", "user_info"),
        ("https://93.184.215.14/#part", "fragment"),
        ("https://93.184.215.14/" + "x" * 2048, "max_length"),
    ],
)
def test_a_url_that_nothing_is_sent_to_is_refused(post: Post, url: str, code: str) -> None:
    response = post(api_client(), {"webhook_url": url})

    assert (response.status_code, fields_at_fault(response)) == (400, {"webhook_url": code})
    assert not Transcript.objects.exists()


@pytest.mark.parametrize(
    ("named", "fault"),
    [
        ("no list", {"webhook_endpoints": "not_a_list"}),
        ([7], {"webhook_endpoints.0": "invalid"}),
        (["no id"], {"webhook_endpoints.0": "invalid"}),
        ([str(uuid4()).upper()], {"webhook_endpoints.0": "invalid"}),
        ([str(uuid4())] * 51, {"webhook_endpoints": "too_long"}),
    ],
)
def test_what_is_no_list_of_ids_is_refused(named: Any, fault: dict[str, str]) -> None:
    assert fields_at_fault(as_json(api_client(), {"webhook_endpoints": named})) == fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("no id", {"webhook_endpoints.0": "invalid"}),
        ("", {"webhook_endpoints.0": "invalid"}),
        ("{}", {"webhook_endpoints.0": "invalid"}),
        ("[", {"webhook_endpoints": "invalid"}),
        ('{"a": 1}', {"webhook_endpoints.0": "invalid"}),
    ],
)
def test_a_text_that_is_no_list_of_ids_is_refused(text: str, fault: dict[str, str]) -> None:
    client = api_client()
    in_form = post_form(client, form_with_file(WAV, form_part("webhook_endpoints", text.encode())))
    in_query = post_bare(client, WAV, urlencode({"webhook_endpoints": text}))

    assert fields_at_fault(in_form) == fields_at_fault(in_query) == fault
    assert text == "[" or 'a list of ids, like ["' in in_form.json()["detail"]


def test_a_request_that_is_sent_again_is_not_looked_at_anew() -> None:
    client, endpoint = api_client(), make_endpoint()
    named = {"audio_url": "https://example.com/a.mp3", "webhook_endpoints": [str(endpoint.pk)]}

    def send() -> Any:
        return client.post(
            "/api/v1/transcripts/", named, content_type="application/json", headers={"Idempotency-Key": "k"}
        )

    first = send()
    endpoint_delete(endpoint=endpoint)
    assert (send().status_code, send().json()["id"]) == (202, first.json()["id"])
