"""Lists in pages, newest first, by a cursor that stays right while rows come and go."""

from typing import Any
from uuid import UUID

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

from api_project.rest.exceptions import InvalidInput

DEFAULT_LIMIT = 20
MAX_LIMIT = 100


class NewestFirst(CursorPagination):
    """`{next, previous, results}`, ordered by falling id: ids are UUIDv7, so that is the order of creation."""

    ordering = "-id"
    page_size = DEFAULT_LIMIT
    page_size_query_param = "limit"
    max_page_size = MAX_LIMIT
    cursor_query_description = "Where the page begins, from `next` or `previous` of another page."
    page_size_query_description = f"How many to return, from 1 to {MAX_LIMIT}; {DEFAULT_LIMIT} when not given."

    def get_page_size(self, request: Request) -> int:
        return read_limit(request, default=DEFAULT_LIMIT, maximum=MAX_LIMIT)

    def decode_cursor(self, request: Request) -> Cursor | None:
        try:
            cursor = super().decode_cursor(request)
        except (NotFound, ValueError) as exc:
            raise _bad_cursor() from exc
        # Ids are unique, so no cursor of ours has an offset: one that has was made up, and would cost a scan.
        if cursor is not None and (cursor.offset or not _is_id(cursor.position)):
            raise _bad_cursor()
        return cursor


def read_limit(request: Request, *, default: int, maximum: int) -> int:
    """Return `limit` of the query; raises InvalidInput unless it is a whole number from 1 to the maximum."""
    text = request.query_params.get("limit")
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= 9 and 1 <= int(text) <= maximum):
        raise InvalidInput.field("limit", "invalid", f"must be a whole number from 1 to {maximum}.")
    return int(text)


def _bad_cursor() -> InvalidInput:
    return InvalidInput.field("cursor", "invalid", "is not one that `next` or `previous` of a page gave.")


def _is_id(position: Any) -> bool:
    if position is None:
        # The first cursor of a walk backwards from the end has none.
        return True
    try:
        UUID(position)
    except (ValueError, TypeError):
        return False
    return True
