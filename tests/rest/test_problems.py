"""Errors have one shape, whoever makes them."""

import errno
import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, ProgrammingError
from django.http import Http404
from django.http.request import UnreadablePostError
from django.test import Client
from rest_framework import exceptions as drf

from api_project.rest.exception_handler import field_errors, handle_exception
from api_project.rest.exceptions import InvalidInput, Unavailable
from api_project.rest.problems import TYPES
from tests.api import TRANSCRIPTS, api_client


def body_of(exc: Exception) -> dict[str, Any]:
    response = handle_exception(exc, {})
    assert response is not None
    body: dict[str, Any] = json.loads(response.content)
    assert (body["status"], response["Content-Type"]) == (response.status_code, "application/problem+json")
    assert {"type", "title", "status", "detail", "request_id"} <= set(body)
    return body


@pytest.mark.parametrize(
    ("exc", "status", "code"),
    [
        (drf.ParseError(), 400, "malformed-body"),
        (drf.ValidationError({"a": ["x"]}), 400, "invalid-input"),
        (drf.NotAuthenticated(), 401, "not-authenticated"),
        (drf.PermissionDenied(), 403, "forbidden"),
        (drf.NotFound(), 404, "not-found"),
        (drf.MethodNotAllowed("PUT"), 405, "method-not-allowed"),
        (drf.UnsupportedMediaType("text/html"), 415, "unsupported-media-type"),
        (drf.Throttled(wait=2), 429, "throttled"),
        (Http404(), 404, "not-found"),
        (PermissionDenied(), 403, "forbidden"),
        (SuspiciousOperation("secret detail"), 400, "bad-request"),
        (RequestDataTooBig(), 413, "too-large"),
        (UnreadablePostError(), 400, "malformed-body"),
        (OSError(errno.ENOSPC, "No space left on device"), 507, "storage-full"),
        (OSError(errno.EDQUOT, "Quota exceeded"), 507, "storage-full"),
        (OperationalError("database is locked"), 503, "unavailable"),
        (InterfaceError("connection already closed"), 503, "unavailable"),
        (Unavailable(), 503, "unavailable"),
    ],
)
def test_an_exception_becomes_a_problem(exc: Exception, status: int, code: str) -> None:
    body = body_of(exc)

    assert (body["status"], body["type"]) == (status, f"/api/problems/{code}/")
    assert "secret" not in body["detail"]


@pytest.mark.parametrize(
    "exc",
    [
        ValueError("secret"),
        OSError(errno.EINVAL, "secret"),
        KeyError("secret"),
        IntegrityError("secret"),
        ProgrammingError("secret"),
        DatabaseError("secret: malformed"),
    ],
)
def test_a_bug_is_left_to_the_log(exc: Exception) -> None:
    assert handle_exception(exc, {}) is None


def test_a_wait_is_told_in_whole_seconds() -> None:
    response = handle_exception(drf.Throttled(wait=1.2), {})

    assert response is not None and response["Retry-After"] == "2"


def test_nested_faults_are_listed_by_the_way_to_them() -> None:
    detail: dict[str, Any] = {
        "options": {"speech_models": {1: ["bad"]}, "non_field_errors": ["odd"]},
        "title": ["long", "NUL"],
    }
    errors = [(error.field, error.detail) for error in field_errors(drf.ValidationError(detail).detail)]

    assert errors == [("options.speech_models.1", "bad"), ("options", "odd"), ("title", "long"), ("title", "NUL")]


def test_a_fault_of_the_whole_request_has_no_field() -> None:
    body = body_of(drf.ValidationError(["odd"]))

    assert body["errors"] == [{"field": "", "code": "invalid", "detail": "odd"}]


def test_the_detail_says_the_first_fault_and_how_many_follow() -> None:
    assert body_of(drf.ValidationError({"a": ["x"], "b": ["y"], "c": ["z"]}))["detail"] == "a: x (2 more in errors)"
    assert body_of(InvalidInput.field("a", "odd", "x."))["detail"] == "a: x."


def test_a_large_request_gets_no_large_answer() -> None:
    body = body_of(drf.ValidationError({f"{number}{'x' * 10_000}": ["odd"] for number in range(10_000)}))

    assert len(json.dumps(body)) < 30_000
    assert len(body["errors"]) == 50


@pytest.mark.parametrize("path", ["/api/nothing/", "/api/v1/transcripts/nonsense/", "/api/v1/transcripts/%00/"])
def test_an_unknown_address_is_a_problem(path: str) -> None:
    response = Client().get(path)

    assert (response.status_code, response.json()["type"]) == (404, "/api/problems/not-found/")


def test_a_post_without_the_last_slash_is_told_so_and_not_redirected() -> None:
    response = Client().post("/api/v1/transcripts", {})

    assert response.status_code == 404
    assert "end with a slash" in response.json()["detail"]


def test_outside_of_the_api_errors_are_pages() -> None:
    assert not Client().get("/nothing/")["Content-Type"].startswith("application/problem+json")


def test_a_wrong_host_is_a_problem() -> None:
    response = Client(headers={"Host": "evil.example"}).get("/api/problems/")

    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.django_db
def test_a_wrong_method_is_a_problem_that_lists_the_right_ones() -> None:
    response = api_client().put(TRANSCRIPTS)

    assert (response.status_code, response["Content-Type"]) == (405, "application/problem+json")
    assert response["Allow"] == "GET, HEAD, POST"


@pytest.mark.django_db
def test_what_breaks_inside_leaks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transcripts.views.transcripts_found", lambda **kwargs: 1 / 0)
    response = api_client(raise_request_exception=False).get(TRANSCRIPTS)

    body = response.json()
    assert (response.status_code, body["type"]) == (500, "/api/problems/internal-error/")
    assert "division" not in response.content.decode()
    assert body["request_id"] == response["X-Request-ID"]


@pytest.mark.django_db
def test_a_database_that_fails_while_a_key_is_looked_up_is_a_503(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(key: str) -> None:
        raise InterfaceError("connection already closed")

    client = api_client()
    monkeypatch.setattr("api_project.rest.authentication.api_key_find", fail)
    response = client.get(TRANSCRIPTS)
    assert (response.status_code, response["Retry-After"]) == (503, "5")


@pytest.mark.django_db
def test_a_database_that_fails_is_a_503(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**kwargs: object) -> None:
        raise OperationalError("FATAL: password authentication failed for user secret")

    client = api_client()
    monkeypatch.setattr("transcripts.views.transcripts_found", fail)
    response = client.get(TRANSCRIPTS)
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "secret" not in response.content.decode()


def test_the_type_of_every_problem_leads_to_a_page_about_it() -> None:
    for kind in TYPES.values():
        response = Client().get(kind.uri)
        assert response.status_code == 200
        assert kind.title in response.content.decode()


def test_there_is_no_page_about_an_unknown_type() -> None:
    assert Client().get("/api/problems/nonsense/").status_code == 404
