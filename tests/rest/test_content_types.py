"""A Content-Type that cannot be read, as the web server would hand it on: no address fails because of it.

Django's test client makes requests of its own, so the WSGI application itself is asked.
"""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any, NamedTuple
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import given
from hypothesis import strategies as st

from api_project.rest.api_keys.services import api_key_create
from api_project.rest.content_types import UNREADABLE, TolerantRequest
from api_project.wsgi import application
from tests.api import TRANSCRIPTS, WAV, api_client
from tests.factories import make_transcript, make_user

pytestmark = pytest.mark.django_db

UNKNOWN = "text/plain; x*=foo''%41"
IN_PIECES = "text/plain; x*; x*1*"
NO_TEXT = "text/plain; x*=undefined''a"
UNREADABLES = [UNKNOWN, IN_PIECES, NO_TEXT, "application/json; x*=foo''%41", "audio/wav; charset*=foo''a"]
# Django would take them for the charset of the query.
ODD_CHARSETS = ["text/plain; charset=zlib", "text/plain; charset=undefined", "text/plain; charset*=utf-8''%00"]


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture(autouse=True)
def _requests_leave_the_transaction_of_a_test_open() -> Iterator[None]:
    # As Django's test client does it.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def environ_of(method: str, path: str, content_type: str, body: bytes = b"", **more: Any) -> dict[str, Any]:
    address, _, query = path.partition("?")
    environ: dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": address, "QUERY_STRING": query, **more}
    environ |= {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body)}
    setup_testing_defaults(environ)
    return environ | {"HTTP_HOST": "testserver"}


def ask(method: str, path: str, content_type: str, body: bytes = b"", **more: Any) -> Answer:
    told: list[Any] = []
    chunks: Any = application(environ_of(method, path, content_type, body, **more), lambda *args: told.extend(args))
    try:
        read = b"".join(chunks)
    finally:
        chunks.close()
    return Answer(int(told[0].split()[0]), dict(told[1]), read)


def bearer() -> dict[str, Any]:
    _, key = api_key_create(user=make_user(), name="test", scope="write")
    return {"HTTP_AUTHORIZATION": f"Bearer {key}"}


@pytest.mark.parametrize("content_type", [*UNREADABLES, *ODD_CHARSETS])
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/healthz/live", 200),
        ("/sign-in/?next=/", 200),
        ("/api/v1/", 200),
        ("/api/docs/", 200),
        (f"{TRANSCRIPTS}?limit=1", 401),
        ("/api/v1/nothing/", 404),
    ],
)
def test_what_only_reads_is_answered_as_without(path: str, status: int, content_type: str) -> None:
    answer = ask("GET", path, content_type)

    assert answer.status == ask("GET", path, "").status == status
    assert "X-Request-ID" in answer.headers


@pytest.mark.parametrize("content_type", [*UNREADABLES, *ODD_CHARSETS])
def test_a_query_is_utf_8_whatever_is_said(content_type: str) -> None:
    make_transcript(title="Grüße")
    answer = ask("GET", f"{TRANSCRIPTS}?search=Gr%C3%BC%C3%9Fe", content_type, **bearer())

    assert (answer.status, len(json.loads(answer.body)["results"])) == (200, 1)


@pytest.mark.parametrize("content_type", UNREADABLES)
@pytest.mark.parametrize("path", [TRANSCRIPTS, "/api/v1/api-keys/"])
def test_a_body_is_refused_by_a_problem_that_says_why(path: str, content_type: str) -> None:
    answer = ask("POST", path, content_type, WAV, **bearer(), HTTP_X_REQUEST_ID="of-the-client")
    problem = json.loads(answer.body)

    assert (answer.status, answer.headers["Content-Type"]) == (415, "application/problem+json")
    assert (problem["type"], problem["request_id"]) == ("/api/problems/unsupported-media-type/", "of-the-client")
    assert UNREADABLE in problem["detail"] and "application/json" in problem["detail"]
    assert answer.headers["X-Request-ID"] == "of-the-client"


@pytest.mark.parametrize("content_type", [*UNREADABLES, *ODD_CHARSETS])
def test_a_page_refuses_a_form_that_it_cannot_read(content_type: str) -> None:
    # Who signs in needs the form's token, which is not found in it.
    assert ask("POST", "/sign-in/", content_type, b"username=ada").status == 403


@pytest.mark.parametrize("content_type", [*UNREADABLES, *ODD_CHARSETS])
def test_a_session_is_looked_at_without_failing(content_type: str) -> None:
    client = api_client()
    client.force_login(make_user())
    cookies: dict[str, Any] = {
        "HTTP_COOKIE": "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    }

    assert ask("POST", TRANSCRIPTS, content_type, WAV, **cookies).status == 403


@given(
    st.lists(
        st.sampled_from([*";=*'\"\\%/ ", "x", "x*", "x*0*", "x*1*", "charset", "utf-8", "foo", "idna", "%ff", "\xff"]),
        max_size=12,
    )
)
def test_a_request_is_made_whatever_the_header_says(parts: list[str]) -> None:
    request = TolerantRequest(environ_of("GET", "/?q=%C3%BC", f"text/plain; {''.join(parts)}"))

    assert request.content_type in {"text/plain", UNREADABLE}
    assert request.GET["q"] == "ü"
