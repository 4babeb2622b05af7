"""Lists of which each part has an index of its own."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from api_project.rest.pagination import ById, Span


class Slices:
    """The rows of several queries on one model that share none, as one list by their ids.

    Each is read in the order of an index. One condition for several would have to read and sort them all.

    Args:
        rows: what the rows are read by in the end, with whatever shall be read with them.
    """

    def __init__(self, rows: QuerySet[Any], slices: Sequence[QuerySet[Any]]) -> None:
        self._rows = rows
        self._slices = [ById(part) for part in slices]

    def fetch(self, span: Span, *, limit: int, oldest_first: bool) -> Sequence[Any]:
        parts = [part.query(span, limit=limit, oldest_first=oldest_first) for part in self._slices]
        if len(parts) == 1:
            return list(parts[0])
        rows = self._rows.filter(pk__in=_first_ids(parts, limit=limit, oldest_first=oldest_first))
        return sorted(rows, key=self.position, reverse=not oldest_first)

    def position(self, row: Any) -> int:
        return int(row.pk.int)


def _first_ids(parts: Sequence[QuerySet[Any]], *, limit: int, oldest_first: bool) -> RawSQL:
    """Return the ids that come first in any of some ordered queries.

    All of it is one statement, because only that sees one moment: a row that changes from one slice to another between
    two would be in both or in none.
    """
    written = [part.values("id").query.sql_with_params() for part in parts]
    # SQLite takes no ORDER BY within a UNION but in a query of its own.
    union = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS part" for sql, _ in written)  # noqa: S608
    order = "ASC" if oldest_first else "DESC"
    statement = f"SELECT id FROM ({union}) AS parts ORDER BY id {order} LIMIT {limit:d}"  # noqa: S608
    return RawSQL(statement, [value for _, values in written for value in values])  # noqa: S611
