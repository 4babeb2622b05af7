"""The two ways to search, one per database. Both are given the same words and the same question."""

from django.db import connection

from transcripts.finding.engines.base import Engine
from transcripts.finding.engines.postgresql import PostgresqlEngine
from transcripts.finding.engines.sqlite import SqliteEngine


def search_engine() -> Engine:
    """Return the one for the database in use."""
    return PostgresqlEngine() if connection.vendor == "postgresql" else SqliteEngine()
