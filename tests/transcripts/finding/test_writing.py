"""What can be searched is in step with what is stored."""

from dataclasses import replace
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from uuid6 import uuid7

from tests.factories import make_transcript
from tests.transcripts.finding.spoken import found, ids, spoken
from transcripts.finding.engines.tsvector import tsvector
from transcripts.finding.writing import document_of, search_entry_remove, search_entry_write, write_document
from transcripts.migrations import _search_0009
from transcripts.models import SearchEntry, Transcript
from transcripts.services import transcript_delete

pytestmark = pytest.mark.django_db


def words_of(transcript: Transcript) -> str:
    """Return how the database keeps the words."""
    if connection.vendor == "postgresql":
        statement = "SELECT tokens::text FROM transcripts_searchentry WHERE id = %s"
    else:
        statement = "SELECT title || ' ' || text FROM transcripts_searchindex WHERE rowid = %s"
    with connection.cursor() as cursor:
        cursor.execute(statement, [transcript.search_entry.pk])
        return str(cursor.fetchone()[0])


def test_it_can_be_written_again_and_removed() -> None:
    transcript = make_transcript(title="Zebra crossing")
    search_entry_write(transcript)
    transcript.refresh_from_db()
    assert "zebra" in words_of(transcript)

    Transcript.objects.update(title="Lion")
    search_entry_write(transcript)
    assert "lion" in words_of(transcript) and "zebra" not in words_of(transcript)
    search_entry_remove(transcript)
    assert not SearchEntry.objects.exists()


def test_what_was_there_before_the_search_is_written_by_the_migration() -> None:
    titled, said, deleted = make_transcript(title="zebra"), spoken("A zebra."), spoken("A zebra.")
    transcript_delete(transcript=deleted)
    silent = make_transcript()
    SearchEntry.objects.all().delete()

    for _ in range(2):
        import_module("transcripts.migrations.0009_search_filled").fill(apps, None)
    assert found("zebra") == ids(said, titled)
    assert not SearchEntry.objects.filter(transcript__in=[silent, deleted]).exists()


@pytest.mark.parametrize(
    "text", ["Straße, l'été und 日本語 ภาษาไทย.", "zebra " * 300, "a b c " * 6000, "x" * 100, "é" * 70 + " x_y"]
)
def test_the_migration_writes_what_the_service_writes(text: str) -> None:
    """When they are to differ, a new migration has to write all entries anew, and this test is to go."""
    row = {
        "id": uuid7(),
        "owner_id": 7,
        "title": "A Title",
        "source": "upload",
        "call_id": uuid7(),
        "result__text": text,
    }
    for status in ("queued", "completed"):
        now, then = document_of(row | {"status": status}), _search_0009.document_of(row | {"status": status})
        assert vars(then) == vars(now)
        assert _search_0009.tsvector(then) == tsvector(now)


def test_transcripts_of_one_moment_have_numbers_of_their_own() -> None:
    first, second = make_transcript(title="zebra"), make_transcript(title="zebra")
    SearchEntry.objects.filter(transcript=first).delete()
    SearchEntry.objects.filter(transcript=second).delete()
    later = second.pk.int
    for transcript in (first, second):
        row = {"title": "zebra", "source": "url", "call_id": None, "status": "queued", "result__text": None}
        document = document_of(row | {"id": transcript.pk, "owner_id": transcript.owner_id})
        write_document(replace(document, number=later >> 80))

    assert sorted(SearchEntry.objects.values_list("id", flat=True)) == [later >> 80, (later >> 80) + 1]
    assert found("zebra") == ids(second, first)


def test_an_entry_never_outlives_its_transcript() -> None:
    spoken("zebra")
    Transcript.objects.all().delete()
    assert not SearchEntry.objects.exists()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM transcripts_searchindex")
            assert cursor.fetchone() == (0,)
