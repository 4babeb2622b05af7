"""Where an Idempotency-Key does not count it is refused, so that nobody relies on it."""

from collections import defaultdict
from uuid import uuid4

import pytest

from tests.api import api_client, fields_at_fault
from tests.described import Operation, operations
from tests.factories import make_transcript

pytestmark = pytest.mark.django_db

HEADER = "Idempotency-Key"
CHANGING = [operation for operation in operations() if operation.method != "get"]


def heeds_it(operation: Operation) -> bool:
    return HEADER in [parameter["name"] for parameter in operation.parameters]


def test_making_a_transcript_is_where_it_counts() -> None:
    assert [operation.spec["operationId"] for operation in CHANGING if heeds_it(operation)] == ["create_transcript"]


@pytest.mark.parametrize("operation", [one for one in CHANGING if not heeds_it(one)], ids=str)
def test_an_operation_that_does_not_tell_of_it_refuses_it_by_name(operation: Operation) -> None:
    path = operation.path.format_map(defaultdict(uuid4))
    response = api_client().generic(operation.method.upper(), path, b"{}", headers={HEADER: "k"})

    assert response.status_code == 400
    assert fields_at_fault(response) == {HEADER: "not_supported"}


def test_what_only_reads_may_carry_it() -> None:
    path = f"/api/v1/transcripts/{make_transcript().pk}/"

    assert api_client().get(path, headers={HEADER: "k"}).status_code == 200
