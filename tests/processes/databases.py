"""A database for one service under test: SQLite in its data folder, or one of its own on TEST_DATABASE_URL's server."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier


@contextmanager
def fresh_database() -> Iterator[str]:
    """Give the address of an empty PostgreSQL database, which is dropped at the end; "" when SQLite is to be used."""
    server = os.environ.get("TEST_DATABASE_URL", "")
    if not server:
        yield ""
        return
    name = f"processes_{uuid4().hex}"
    _run(server, "CREATE DATABASE {}", name)
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        _run(server, "DROP DATABASE {} WITH (FORCE)", name)


def _run(server: str, sql: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL(sql).format(Identifier(name)))
