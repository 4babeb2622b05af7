"""Databases that are there for one benchmark only, and plain SQL in them."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from bench.options import Options
from bench.tables import Report


@contextlib.contextmanager
def postgres_database(server_url: str) -> Iterator[str]:
    """Make a database on the server of `server_url`, give its address, and drop it in the end."""
    name = f"bench_{uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def named_postgres_database(server_url: str, name: str) -> str:
    """Return the address of a database on the server that is made if there is none, and kept."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))


def on_each_database(options: Options, report: Report, measure: Callable[[str, str], None]) -> Report:
    """Measure on SQLite, and on PostgreSQL when BENCH_DATABASE_URL names a server; `measure` gets name and address."""
    measure("SQLite", "")
    if options.database_url:
        with postgres_database(options.database_url) as url:
            measure("PostgreSQL", url)
    else:
        report.notes.append("PostgreSQL was left out: BENCH_DATABASE_URL does not name a server.")
    return report


class Sql:
    """Runs single statements in the database of a service from outside of it: PostgreSQL's, or SQLite's in a folder."""

    def __init__(self, data_dir: Path, database_url: str = "") -> None:
        self._data_dir = data_dir
        self._database_url = database_url

    def execute(self, statement: str) -> None:
        """Run and commit one statement."""
        if self._database_url:
            with psycopg.connect(self._database_url, autocommit=True) as connection:
                connection.execute(sql.SQL(statement))
            return
        with contextlib.closing(self._sqlite()) as file, file:
            file.execute(statement)

    def rows(self, statement: str, *parameters: str) -> list[tuple[object, ...]]:
        """Return the rows of a query; parameters are written `?` and for SQLite only."""
        if self._database_url:
            with psycopg.connect(self._database_url) as connection:
                return connection.execute(sql.SQL(statement)).fetchall()
        with contextlib.closing(self._sqlite()) as file:
            return file.execute(statement, parameters).fetchall()

    def _sqlite(self) -> sqlite3.Connection:
        return sqlite3.connect(self._data_dir / "db.sqlite3", timeout=20)
