"""What is deleted leaves no word in SQLite's index, and where nothing was deleted that costs nothing."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from tests.erasing.belongings import MARK, tables_with
from tests.factories import make_transcript
from tests.transcripts.finding.spoken import spoken
from transcripts.finding.purging import search_purge
from transcripts.finding.writing import search_entry_remove
from transcripts.models import Transcript
from transcripts.services import transcript_update

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'sqlite' or keeps_nothing()", reason="only there words are left"),
]
INDEX = {"transcripts_searchindex_data"}


def keeps_nothing() -> bool:
    return sqlite3.sqlite_version_info >= (3, 42)


def at_once(seconds: float) -> None:
    """Wait for nobody."""


@contextmanager
def counted_merges() -> Iterator[list[str]]:
    """Collect the steps of merging that are taken."""
    found: list[str] = []

    def look(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        found.extend([sql] if "'merge'" in sql else [])
        return execute(sql, *rest)

    with connection.execute_wrapper(look):
        yield found


@pytest.fixture
def marked() -> Transcript:
    for title in ("one", "two"):
        make_transcript(title=title)
    marked = make_transcript(title=MARK)
    search_purge(sleep=at_once)
    assert INDEX <= tables_with(MARK)
    return marked


def test_where_nothing_was_deleted_nothing_is_merged(marked: Transcript) -> None:
    make_transcript(title="three")

    with counted_merges() as merges:
        search_purge(sleep=at_once)
    assert merges == []


def test_what_was_deleted_is_taken_out_once(marked: Transcript) -> None:
    search_entry_remove(marked)
    assert INDEX <= tables_with(MARK)

    search_purge(sleep=at_once)
    assert not INDEX & tables_with(MARK)
    with counted_merges() as merges:
        search_purge(sleep=at_once)
    assert merges == []


def test_what_was_replaced_is_taken_out(marked: Transcript) -> None:
    transcript_update(transcript=marked, changes={"title": "other"})
    assert INDEX <= tables_with(MARK)

    search_purge(sleep=at_once)
    assert not INDEX & tables_with(MARK)


def test_a_text_that_comes_to_a_title_leaves_nothing_behind() -> None:
    search_purge(sleep=at_once)
    spoken("Some words.", title="titled")

    with counted_merges() as merges:
        search_purge(sleep=at_once)
    assert merges == []


def test_one_that_is_interrupted_is_done_again(marked: Transcript) -> None:
    search_entry_remove(marked)

    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        search_purge(sleep=interrupted)
    with counted_merges() as merges:
        search_purge(sleep=at_once)
    assert merges != [] and not INDEX & tables_with(MARK)


def test_what_is_deleted_meanwhile_is_for_the_next_time(marked: Transcript) -> None:
    other = make_transcript(title="three")
    search_entry_remove(other)

    search_purge(sleep=lambda seconds: search_entry_remove(marked))
    search_purge(sleep=at_once)
    assert not INDEX & tables_with(MARK)
