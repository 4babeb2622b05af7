"""Locking several rows of one model."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet


def lock_in_order(rows: QuerySet[Any]) -> None:
    """Lock rows until the transaction ends, the least key first: the order of an UPDATE of several rows is nobody's.

    Call it before such an UPDATE, so that of two that change the same rows one waits, and never each for the other.
    Rows of other models, that these are found by, are not locked. SQLite knows no locks but the one that its
    transactions begin with.
    """
    if connection.features.has_select_for_update:
        list(rows.order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk"))
