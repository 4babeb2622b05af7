"""Where If-Match and If-None-Match do not count they are refused, so that nobody relies on them."""

from collections import defaultdict
from uuid import uuid4

import pytest

from tests.api import api_client, fields_at_fault
from tests.described import Operation, operations

pytestmark = pytest.mark.django_db

CHANGING = [operation for operation in operations() if operation.method != "get"]
VERSIONED = ("{transcript_id}", "{endpoint_id}")
CONDITIONS = {"If-Match": '"a"', "If-None-Match": "*"}


def heeds_them(operation: Operation) -> bool:
    return "If-Match" in [parameter["name"] for parameter in operation.parameters]


def test_they_count_where_one_transcript_or_endpoint_is_changed() -> None:
    heeding = {operation.spec["operationId"] for operation in CHANGING if heeds_them(operation)}

    of_transcripts = {"update_transcript", "delete_transcript", "retry_transcript"}
    assert heeding == of_transcripts | {"update_webhook_endpoint", "delete_webhook_endpoint"}


@pytest.mark.parametrize("name", CONDITIONS)
@pytest.mark.parametrize("operation", [one for one in CHANGING if not heeds_them(one)], ids=str)
def test_an_operation_that_does_not_tell_of_them_refuses_them_by_name(operation: Operation, name: str) -> None:
    path = operation.path.format_map(defaultdict(uuid4))
    response = api_client().generic(operation.method.upper(), path, b"{}", headers={name: CONDITIONS[name]})

    assert response.status_code == 400
    assert fields_at_fault(response) == {name: "not_supported"}


def test_what_is_read_of_a_transcript_and_an_endpoint_has_a_version_and_nothing_else_has() -> None:
    for operation in operations():
        if operation.method == "get" and "200" in operation.responses:
            has_one = "ETag" in operation.responses["200"]["headers"]
            assert has_one == any(name in operation.path for name in VERSIONED), str(operation)


@pytest.mark.parametrize("path", ["/api/v1/", "/api/v1/api-keys/", "/api/v1/usage/"])
def test_what_only_reads_may_carry_them(path: str) -> None:
    assert api_client().get(path, headers=CONDITIONS).status_code == 200


def test_a_condition_by_date_is_passed_over() -> None:
    since = {"If-Unmodified-Since": "Sat, 29 Oct 1994 19:43:31 GMT"}
    response = api_client().post("/api/v1/api-keys/", {"name": "k"}, "application/json", headers=since)

    assert response.status_code == 201
