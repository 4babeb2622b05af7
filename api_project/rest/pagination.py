"""Lists in pages, newest first, by a cursor that stays right while rows come and go."""

from typing import Any
from uuid import UUID

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.views import APIView

from api_project.rest.addresses import absolute_address
from api_project.rest.exceptions import InvalidInput
from api_project.rest.queries import read_whole_number

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
EXAMPLE_LINK = "https://speech.example.com/api/v1/things/?cursor=cD0wMTkzZmUyYQ%3D%3D"


class NewestFirst(CursorPagination):
    """`{next, previous, results}`, ordered by falling id: ids are UUIDv7, so that is the order of creation."""

    ordering = "-id"
    page_size = DEFAULT_LIMIT
    page_size_query_param = "limit"
    max_page_size = MAX_LIMIT
    cursor_query_description = "Where the page begins, from `next` or `previous` of another page."
    page_size_query_description = f"How many to return, from 1 to {MAX_LIMIT}; {DEFAULT_LIMIT} when not given."

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any] | None:
        page: list[Any] | None = super().paginate_queryset(queryset, request, view)
        # What `next` and `previous` are made from.
        self.base_url = absolute_address(request, request.get_full_path())
        return page

    def get_page_size(self, request: Request) -> int:
        return read_whole_number(request, "limit", default=DEFAULT_LIMIT, maximum=MAX_LIMIT)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link: dict[str, Any] = {"type": ["string", "null"], "format": "uri", "example": EXAMPLE_LINK}
        return {
            "type": "object",
            "properties": {
                "next": link | {"description": "The page of older ones; null on the last."},
                "previous": link | {"description": "The page of newer ones; null on the first.", "example": None},
                "results": schema,
            },
            "required": ["next", "previous", "results"],
        }

    def decode_cursor(self, request: Request) -> Cursor | None:
        try:
            cursor = super().decode_cursor(request)
        except (NotFound, ValueError) as exc:
            raise _bad_cursor() from exc
        # Ids are unique, so no cursor of ours has an offset: one that has was made up, and would cost a scan.
        if cursor is not None and (cursor.offset or not _is_id(cursor.position)):
            raise _bad_cursor()
        return cursor


def _bad_cursor() -> InvalidInput:
    return InvalidInput.field("cursor", "invalid", "This is not one that `next` or `previous` of a page gave.")


def _is_id(position: Any) -> bool:
    try:
        UUID(position)
    except (ValueError, TypeError):
        return False
    return True
