"""Searching with PostgreSQL's full text search."""

from django.db import connection

from transcripts.finding.documents import Document
from transcripts.finding.engines.tsvector import tsvector


class PostgresqlEngine:
    """Keeps words and tags in one tsvector with a GIN index."""

    def insert(self, document: Document) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO transcripts_searchentry (id, transcript_id, owner_id, words, tokens)"
                " VALUES (%s, %s, %s, %s, %s::tsvector) ON CONFLICT DO NOTHING",
                [
                    document.number,
                    document.transcript_id,
                    document.owner_id,
                    document.words,
                    tsvector(document),
                ],
            )
            return bool(cursor.rowcount)

    def replace(self, document: Document) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE transcripts_searchentry SET words = %s, tokens = %s::tsvector WHERE id = %s",
                [document.words, tsvector(document), document.number],
            )
