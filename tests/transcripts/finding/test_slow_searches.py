"""A search that takes too long is ended and told of; what follows on the same connection is not."""

import time
from typing import Any

import pytest
from django.db import OperationalError, connection

from tests.api import TRANSCRIPTS, api_client, fields_at_fault
from tests.factories import make_user
from tests.transcripts.finding.spoken import ids, listed, spoken
from transcripts.exceptions import SearchTooSlow
from transcripts.finding.engines import base, postgresql, search_engine, sqlite
from transcripts.finding.engines.base import Deadline, Search
from transcripts.finding.filters import Filters
from transcripts.finding.questions import read_question

pytestmark = pytest.mark.django_db

SLOW = {
    "postgresql": "SELECT count(*) FROM generate_series(1, 10000000000)",
    "sqlite": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n",
}
FAST = {
    "postgresql": "SELECT count(*) FROM generate_series(1, 300000)",
    "sqlite": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 300000) SELECT count(*) FROM n",
}


def bounded(deadline: Deadline) -> Any:
    return (postgresql if connection.vendor == "postgresql" else sqlite)._bounded(deadline)


def ask(statements: dict[str, str]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statements[connection.vendor])
        return int(cursor.fetchone()[0])


def test_the_database_is_stopped_when_the_time_is_over() -> None:
    began = time.monotonic()
    with pytest.raises(SearchTooSlow), bounded(Deadline(0.02)):
        ask(SLOW)
    # Much patience with the machine; unstopped it would take hours.
    assert time.monotonic() - began < 20
    assert ask(FAST) == 300_000


def test_what_follows_has_no_bound() -> None:
    with bounded(Deadline(0.2)):
        pass
    time_over = Deadline(0)
    with pytest.raises(SearchTooSlow), bounded(time_over):
        pass
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("0",)
    assert ask(FAST) == 300_000


def test_another_failure_stays_what_it_is() -> None:
    with pytest.raises(OperationalError), bounded(Deadline()):
        raise OperationalError("gone")


def test_a_search_whose_time_is_over_is_refused() -> None:
    search = Search(make_user().pk, read_question("zebra"), Filters(), deadline=Deadline(0))
    with pytest.raises(SearchTooSlow):
        search_engine().find(search, limit=1, oldest_first=False)


@pytest.mark.parametrize("order", ["newest", "relevance"])
def test_the_client_is_told_to_narrow_it(order: str, monkeypatch: pytest.MonkeyPatch) -> None:
    transcript = spoken("zebra")
    monkeypatch.setattr(base, "MOST_SECONDS", 0)
    response = api_client().get(TRANSCRIPTS, {"search": "zebra", "order": order})

    assert (response.status_code, response.json()["type"]) == (422, "/api/problems/search-too-slow/")
    assert fields_at_fault(response) == {"search": "too_slow"}
    assert "created_after" in response.json()["detail"]
    # Lists without words to look for have no such bound.
    assert [item["id"] for item in listed()] == ids(transcript)
