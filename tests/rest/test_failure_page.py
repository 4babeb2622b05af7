"""Pages on which something breaks: an honest status, and nothing of the insides."""

import errno
import sqlite3
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError, OperationalError
from django.http import HttpResponse
from django.test import Client

from api_project.rest.sign_in import sign_in_link
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def full_database() -> OperationalError:
    cause = sqlite3.OperationalError("secret")
    cause.sqlite_errorname = "SQLITE_FULL"
    error = OperationalError("secret")
    error.__cause__ = cause
    return error


CASES = [
    (OSError(errno.ENOSPC, "secret"), 507, "There is no room left"),
    (full_database(), 507, "There is no room left"),
    (OperationalError("secret: attempt to write a readonly database"), 503, "The service cannot answer now"),
    (DatabaseError("secret: malformed"), 500, "Something went wrong on our side"),
    (KeyError("secret"), 500, "Something went wrong on our side"),
]


def fails_with(monkeypatch: pytest.MonkeyPatch, exc: Exception, method: str) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise exc

    monkeypatch.setattr(SessionStore, method, fail)


def assert_honest(response: Any, status: int, words: str) -> None:
    page = response.content.decode()
    assert (response.status_code, response["Cache-Control"]) == (status, "no-store")
    assert words in page
    assert "secret" not in page


@pytest.mark.parametrize(("exc", "status", "words"), CASES)
def test_a_sign_in_that_cannot_be_stored(
    monkeypatch: pytest.MonkeyPatch, exc: Exception, status: int, words: str
) -> None:
    link = sign_in_link(make_user(), "http://testserver").removeprefix("http://testserver")
    # Saved by the middleware, after the view.
    fails_with(monkeypatch, exc, "save")
    assert_honest(Client(raise_request_exception=False).get(link), status, words)


@pytest.mark.parametrize(("exc", "status", "words"), CASES)
def test_a_sign_out_that_cannot_be_stored(
    monkeypatch: pytest.MonkeyPatch, exc: Exception, status: int, words: str
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(make_user())
    fails_with(monkeypatch, exc, "delete")
    assert_honest(client.post("/sign-out/"), status, words)


def test_a_database_that_does_not_answer_says_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(make_user())
    fails_with(monkeypatch, OperationalError("gone"), "load")
    response: HttpResponse = client.get("/")  # type: ignore[assignment]
    assert (response.status_code, response["Retry-After"]) == (503, "5")
