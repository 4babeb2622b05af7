"""Searching with SQLite's FTS5. Its index is ordered by our number, so the newest matches come first without sorting."""

from django.db import connection

from transcripts.finding.documents import Document


class SqliteEngine:
    """Keeps words, and tags as words of a column of their own, in `transcripts_searchindex`."""

    def insert(self, document: Document) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO transcripts_searchentry (id, transcript_id, owner_id, words) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT DO NOTHING",
                [document.number, document.transcript_id.hex, document.owner_id, document.words],
            )
            if not cursor.rowcount:
                return False
            cursor.execute(
                "INSERT INTO transcripts_searchindex (title, text, tags, rowid) VALUES (%s, %s, %s, %s)",
                _columns(document),
            )
        return True

    def replace(self, document: Document) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE transcripts_searchentry SET words = %s WHERE id = %s", [document.words, document.number]
            )
            cursor.execute(
                "UPDATE transcripts_searchindex SET title = %s, text = %s, tags = %s WHERE rowid = %s",
                _columns(document),
            )


def _columns(document: Document) -> list[str | int]:
    parts = (document.title, document.text, document.tags)
    return [*(" ".join(part) for part in parts), document.number]
