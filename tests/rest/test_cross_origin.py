"""Scripts of other origins: whom the operator names may call the API with a key, and nobody else anything."""

from typing import Any

import pytest
from django.db import OperationalError
from django.db.models import QuerySet
from django.test import Client
from pytest_django import Settings

from api_project.rest.api_keys.services import api_key_create
from tests.api import TRANSCRIPTS
from tests.described import operations
from tests.factories import make_user

pytestmark = pytest.mark.django_db

APP = "https://app.example.com"
ALLOWED = "Access-Control-Allow-Origin"
# Beside what the description has as parameters, and as headers of answers.
SENT = {"accept", "authorization", "content-disposition", "content-type", "x-request-id"}
READ = {"allow", "content-disposition", "deprecation", "link", "sunset"}


@pytest.fixture(autouse=True)
def _app_is_allowed(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [APP]


def key_client(**options: Any) -> Client:
    _, key = api_key_create(user=make_user(), name="test", scope="write")
    return Client(headers={"Authorization": f"Bearer {key}"}, **options)


def preflight(path: str, *, origin: str = APP, method: str = "POST", headers: str = "authorization") -> Any:
    asked = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return Client().options(path, headers=asked)


def sent_headers() -> set[str]:
    return {
        parameter["name"].lower()
        for operation in operations()
        for parameter in operation.parameters
        if parameter["in"] == "header"
    }


def read_headers() -> set[str]:
    return {
        name.lower()
        for operation in operations()
        for response in operation.responses.values()
        for name in response.get("headers", {})
    }


def words(value: str) -> set[str]:
    return {word.strip().lower() for word in value.split(",")}


def test_the_question_before_is_answered_without_a_key() -> None:
    response = preflight(TRANSCRIPTS)

    assert (response.status_code, response[ALLOWED]) == (200, APP)
    assert words(response["Access-Control-Allow-Methods"]) == {"get", "head", "post", "patch", "delete"}
    assert words(response["Access-Control-Allow-Headers"]) >= SENT | sent_headers()
    assert "Origin" in response["Vary"].title()


def test_an_answer_may_be_read_with_its_headers() -> None:
    response = key_client().get(TRANSCRIPTS, headers={"Origin": APP})

    assert (response.status_code, response[ALLOWED]) == (200, APP)
    assert words(response["Access-Control-Expose-Headers"]) >= READ | read_headers()


def test_cookies_do_not_count() -> None:
    for response in (preflight(TRANSCRIPTS), key_client().get(TRANSCRIPTS, headers={"Origin": APP})):
        assert "Access-Control-Allow-Credentials" not in response


@pytest.mark.parametrize("origin", ["https://evil.example.com", "http://app.example.com", f"{APP}:8443", "null", ""])
def test_another_origin_is_told_nothing(origin: str) -> None:
    assert ALLOWED not in preflight(TRANSCRIPTS, origin=origin)
    assert ALLOWED not in key_client().get(TRANSCRIPTS, headers={"Origin": origin})


def test_without_the_setting_nobody_is_told_anything(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = []

    assert ALLOWED not in preflight(TRANSCRIPTS)


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/api-keys/", "/healthz/live", "/static/project/icon.svg"])
def test_pages_are_not_for_other_origins(path: str) -> None:
    response = Client().get(path, headers={"Origin": APP})
    response.close()

    assert ALLOWED not in response


def test_the_description_may_be_read_too() -> None:
    assert Client().get("/api/schema/", headers={"Origin": APP})[ALLOWED] == APP


@pytest.mark.parametrize(
    ("ask", "status"),
    [
        (lambda client: Client().get(TRANSCRIPTS, headers={"Origin": APP}), 401),
        (lambda client: client.get(TRANSCRIPTS, headers={"Origin": APP, "Host": "evil.example.com"}), 400),
        (lambda client: client.get("/api/v1/nothing/", headers={"Origin": APP}), 404),
        (lambda client: client.put(TRANSCRIPTS, headers={"Origin": APP}), 405),
        (lambda client: client.post(TRANSCRIPTS, b"x" * 2_000_000, "application/json", headers={"Origin": APP}), 413),
    ],
)
def test_refusals_may_be_read(ask: Any, status: int) -> None:
    response = ask(key_client())

    assert (response.status_code, response.get(ALLOWED)) == (status, APP)
    assert "X-Request-ID" in response


@pytest.mark.parametrize(("error", "status"), [(OperationalError("away"), 503), (RuntimeError("a bug"), 500)])
def test_failures_may_be_read(monkeypatch: pytest.MonkeyPatch, error: Exception, status: int) -> None:
    client = key_client(raise_request_exception=False)

    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(QuerySet, "first", fail)
    response = client.get(TRANSCRIPTS, headers={"Origin": APP})

    assert (response.status_code, response.get(ALLOWED)) == (status, APP)
