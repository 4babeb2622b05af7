"""One id per request, in answer and log."""

import logging
from collections.abc import Iterator

import pytest
from django.http import StreamingHttpResponse
from django.test import Client, RequestFactory

from api_project.rest.request_ids import RequestIdFilter, RequestIdMiddleware, current_request_id
from tests.api import TRANSCRIPTS, api_client

# An address that needs no database.
ADDRESS = "/api/problems/"


def test_every_answer_has_an_id_of_its_own() -> None:
    first, second = (Client().get(ADDRESS)["X-Request-ID"] for _ in range(2))

    assert first != second


@pytest.mark.parametrize("given", ["order-4711", "A.b_c-12", "x" * 64])
def test_a_sane_id_of_the_client_is_taken_over(given: str) -> None:
    assert Client(headers={"X-Request-ID": given}).get(ADDRESS)["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given", ["short", "x" * 65, "with space", "line\nbreak", "-begins-odd", "änderung", "<script>"]
)
def test_an_odd_id_is_replaced(given: str) -> None:
    assert Client(headers={"X-Request-ID": given}).get(ADDRESS)["X-Request-ID"] != given


def test_an_error_names_the_request() -> None:
    response = Client(headers={"X-Request-ID": "order-4711"}).get("/api/nothing/")

    assert (response.json()["request_id"], response["X-Request-ID"]) == ("order-4711", "order-4711")


def test_log_records_have_the_id(caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(RequestIdFilter())
    Client(headers={"X-Request-ID": "order-4711"}).get("/api/nothing/")

    assert [record.request_id for record in caplog.records] == ["order-4711"]  # type: ignore[attr-defined]


def test_outside_of_requests_there_is_none(caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(RequestIdFilter())
    logging.getLogger("api_project").warning("Nobody asked.")

    assert current_request_id() == "-"
    assert [record.request_id for record in caplog.records] == ["-"]  # type: ignore[attr-defined]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/healthz/live"),
        ("GET", "/healthz/ready"),
        ("POST", "/healthz/live"),
        ("GET", "/static/project/site.css"),
        ("GET", "/static/nothing.css"),
        ("GET", "/"),
        ("GET", "/nothing/"),
        ("GET", "/sign-in/"),
        ("GET", "/api/v1/transcripts"),
        ("GET", "/api/v1/transcripts/"),
        ("OPTIONS", "/api/v1/transcripts/"),
        ("BREW", "/api/v1/transcripts/"),
        ("GET", "/webhooks/assemblyai/0193fe2a-6b70-7d1c-9c55-3f1f6f0a2b44/1/"),
        ("POST", "/webhooks/assemblyai/0193fe2a-6b70-7d1c-9c55-3f1f6f0a2b44/1/"),
    ],
)
def test_every_kind_of_answer_has_an_id(method: str, path: str) -> None:
    response = Client(headers={"X-Request-ID": "order-4711"}).generic(method, path)
    response.close()

    assert response["X-Request-ID"] == "order-4711"


def test_an_answer_to_a_foreign_host_has_an_id() -> None:
    response = Client(headers={"X-Request-ID": "order-4711", "Host": "evil.example.com"}).get("/sign-in/")

    assert (response.status_code, response["X-Request-ID"]) == (400, "order-4711")


def test_what_is_logged_while_an_answer_streams_has_the_id() -> None:
    heard = []

    def parts() -> Iterator[bytes]:
        for part in (b"a", b"b"):
            heard.append(current_request_id())
            yield part

    request = RequestFactory(headers={"X-Request-ID": "order-4711"}).get(ADDRESS)
    response = RequestIdMiddleware(lambda _: StreamingHttpResponse(parts()))(request)
    assert isinstance(response, StreamingHttpResponse)
    assert b"".join(response.streaming_content) == b"ab"  # type: ignore[arg-type]
    assert heard == ["order-4711"] * 2
    assert current_request_id() == "-"


# Closing an answer lets Django look after its connections.
@pytest.mark.django_db
def test_a_stream_that_is_left_unread_is_closed() -> None:
    closed = []

    class Parts:
        def __iter__(self) -> Iterator[bytes]:
            return iter([b"a", b"b"])

        def close(self) -> None:
            closed.append(True)

    response = RequestIdMiddleware(lambda _: StreamingHttpResponse(Parts()))(RequestFactory().get(ADDRESS))
    assert next(iter(response)) == b"a"
    response.close()
    assert closed == [True]


@pytest.mark.django_db
def test_a_request_is_found_from_its_transcript(caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(RequestIdFilter())
    caplog.set_level("INFO", "transcripts")
    body = {"audio_url": "https://example.com/a.mp3"}
    client = api_client()
    made = client.post(TRANSCRIPTS, body, "application/json", headers={"X-Request-ID": "order-4711"}).json()

    (record,) = [record for record in caplog.records if made["id"] in record.message]
    assert (record.request_id, record.action) == ("order-4711", "transcript.accepted")  # type: ignore[attr-defined]
