"""One id per request, in answer and log."""

import logging

import pytest
from django.test import Client

from api_project.rest.request_ids import RequestIdFilter, current_request_id

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
