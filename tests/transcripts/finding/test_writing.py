"""What can be searched is in step with what is stored."""

import pytest
from django.db import connection

from tests.factories import make_transcript
from transcripts.finding.writing import search_entry_remove, search_entry_write
from transcripts.models import SearchEntry, Transcript

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
