"""Lists while transcripts move and go: what is there is shown once, and no page ends too early."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from tests.api import TRANSCRIPTS, api_client
from tests.factories import make_transcript
from tests.transcripts.finding.spoken import ids, listed, spoken
from transcripts.models import Status
from transcripts.moves import move
from transcripts.services import transcript_delete

pytestmark = pytest.mark.django_db


@contextmanager
def once(do: Callable[[], Any], *, when: Callable[[str], bool], before: bool) -> Iterator[None]:
    """Do something right before or behind the first statement of a kind."""
    seen: list[str] = []

    def execute_with(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        is_first = not seen and when(sql)
        if is_first:
            seen.append(sql)
        if is_first and before:
            do()
        result = execute(sql, params, many, context)
        if is_first and not before:
            do()
        return result

    with connection.execute_wrapper(execute_with):
        yield
    assert seen


def reads_transcripts(sql: str) -> bool:
    return sql.startswith("SELECT") and 'FROM "transcripts_transcript"' in sql


def reads_whole_rows(sql: str) -> bool:
    return reads_transcripts(sql) and '"transcripts_transcript"."excerpt"' in sql


@pytest.mark.parametrize("filters", [{"source": "upload"}, {"status": "queued,processing"}, {}])
def test_what_moves_while_a_list_is_read_is_in_it_once(filters: dict[str, str]) -> None:
    first, second = make_transcript(), make_transcript()

    def submit() -> None:
        move(second.pk, Status.PROCESSING, reason="test", provider_id="p-1", submitted_at=second.created_at)

    with once(submit, when=reads_transcripts, before=False):
        shown = [item["id"] for item in listed(**filters)]
    assert shown == ids(second, first)


@pytest.mark.parametrize("parameters", [{"search": "zebra"}, {"search": "zebra", "order": "relevance"}])
def test_a_page_from_which_rows_went_is_not_the_last(parameters: dict[str, str]) -> None:
    rows = [spoken("zebra") for _ in range(5)][::-1]

    def delete() -> None:
        for row in rows[:2]:
            transcript_delete(transcript=row)

    with once(delete, when=reads_whole_rows, before=True):
        page = api_client().get(TRANSCRIPTS, parameters | {"limit": "2"}).json()
    assert [item["id"] for item in page["results"]] == ids(rows[2], rows[3])
    following = api_client().get(page["next"]).json()
    assert ([item["id"] for item in following["results"]], following["next"]) == (ids(rows[4]), None)


def test_what_no_longer_passes_the_filter_is_left_out() -> None:
    rows = [make_transcript(title="zebra") for _ in range(3)]

    def submit() -> None:
        move(rows[1].pk, Status.PROCESSING, reason="test", provider_id="p-1", submitted_at=rows[1].created_at)

    with once(submit, when=reads_whole_rows, before=True):
        page = api_client().get(TRANSCRIPTS, {"search": "zebra", "status": "queued", "limit": "2"}).json()
    assert ([item["id"] for item in page["results"]], page["next"]) == (ids(rows[2], rows[0]), None)
