"""What the log says of requests that are refused, and how loudly."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client

from api_project.logs import LineFormatter
from api_project.rest import authentication
from api_project.rest.body_places import MAX_THREADS, PLACES
from api_project.rest.refusals import RefusalFilter
from api_project.rest.request_ids import RequestIdFilter
from tests.api import TRANSCRIPTS, api_client, post_json
from tests.factories import make_user

NOBODY = "/api/v1/transcripts/01a20453-9e72-7d4e-be35-76338108d082/"


@pytest.fixture
def busy() -> Iterator[None]:
    with ExitStack() as stack:
        for number in range(MAX_THREADS):
            stack.enter_context(PLACES.hold(f"somebody {number}", is_upload=False))
        yield


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """Return the lines about answers, without their times, each with its level."""
    records = [record for record in caplog.records if record.name == "django.request"]
    return [(record.levelname, LineFormatter().format(record).split(": ", 1)[1]) for record in records]


@pytest.mark.django_db
def test_a_refusal_names_method_address_problem_and_request(caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(RequestIdFilter())
    api_client().get(NOBODY, headers={"X-Request-ID": "order-4711"})
    expected = f"Not Found: {NOBODY} request_id=order-4711 method=GET problem=not-found status_code=404"
    assert lines(caplog) == [("INFO", expected)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "problem"), [({}, "invalid-input"), ({"audio_url": "https://a.example/b", "x": 1}, "invalid-input")]
)
def test_what_is_wrong_with_a_request_is_no_warning(body: Any, problem: str, caplog: pytest.LogCaptureFixture) -> None:
    post_json(api_client(), body)
    ((level, line),) = lines(caplog)
    assert (level, f"problem={problem} " in line) == ("INFO", True)


@pytest.mark.parametrize("path", ["/api/nothing/", "/nothing/"])
def test_an_address_that_is_not_there_is_no_warning(path: str, caplog: pytest.LogCaptureFixture) -> None:
    Client().get(path)
    ((level, line),) = lines(caplog)
    assert (level, "problem=not-found" in line) == ("INFO", path.startswith("/api/"))


@pytest.mark.django_db
def test_places_that_clients_have_taken_are_no_error(busy: None, caplog: pytest.LogCaptureFixture) -> None:
    assert post_json(api_client(), {"audio_url": "https://a.example/b"}).status_code == 503
    ((level, line),) = lines(caplog)
    assert (level, "problem=unavailable" in line) == ("INFO", True)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/sign-in/"])
def test_nor_are_they_on_the_pages(path: str, busy: None, caplog: pytest.LogCaptureFixture) -> None:
    browser = Client()
    browser.force_login(make_user())
    with open("docs/examples/hello.txt", "rb") as file:
        assert browser.post(path, {"file": file}).status_code == 503
    assert [level for level, _ in lines(caplog)] == ["INFO"]


@pytest.mark.django_db
def test_a_database_that_fails_is_an_error(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def fail(*args: Any, **kwargs: Any) -> User:
        raise OperationalError("gone")

    client = api_client()
    monkeypatch.setattr(authentication, "api_key_find", fail)
    assert client.get(TRANSCRIPTS).status_code == 503
    assert [level for level, _ in lines(caplog)] == ["ERROR"]


def test_who_wants_warnings_alone_hears_of_no_refusal() -> None:
    record = logging.makeLogRecord({"request": Client().get("/api/nothing/").wsgi_request, "status_code": 404})
    assert RefusalFilter("INFO").filter(record)
    assert not RefusalFilter("WARNING").filter(record)
