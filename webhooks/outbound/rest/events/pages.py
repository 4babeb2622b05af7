"""The feed of events as a list: newest first like others, or with `after` the oldest first from there on."""

from typing import Any

from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from api_project.rest.addresses import absolute_address
from api_project.rest.exceptions import InvalidInput
from api_project.rest.pagination import DEFAULT_LIMIT, MAX_LIMIT, NewestFirst
from api_project.rest.queries import read_whole_number
from webhooks.outbound.exceptions import UnknownPosition
from webhooks.outbound.lists import LARGEST_POSITION

AFTER = "after"
EXAMPLE_LINK = "https://speech.example.com/api/v1/events/?after=4711"
NOT_A_CURSOR = "This is the `cursor` of none of your events; leave it empty to begin at the beginning."
NOT_BOTH = "Give `after` or `cursor`: the former reads on from an event, the latter belongs to pages newest first."


def read_after(request: Request) -> int | None:
    """Return the position that is to be read on from, or None where the newest come first. Raises InvalidInput."""
    text = request.query_params.get(AFTER)
    if text is None:
        return None
    if "cursor" in request.query_params:
        raise InvalidInput.field("cursor", "conflict", NOT_BOTH)
    return _position(text or "0")


def _position(text: str) -> int:
    # As it was given, and in no other way of writing the same number.
    if not (text.isascii() and text.isdecimal() and len(text) <= 19 and str(int(text)) == text):
        raise InvalidInput.field(AFTER, "invalid", NOT_A_CURSOR)
    if int(text) > LARGEST_POSITION:
        raise InvalidInput.field(AFTER, "invalid", NOT_A_CURSOR)
    return int(text)


class EventPages(NewestFirst):
    """`{next, previous, results}`; read on with `after`, `next` is always a link, and `previous` never."""

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        after = read_after(request)
        if after is None:
            return super().paginate_queryset(queryset, request, view)
        limit = read_whole_number(request, "limit", default=DEFAULT_LIMIT, maximum=MAX_LIMIT)
        try:
            events, position = queryset.following(after, limit=limit)
        except UnknownPosition as exc:
            raise InvalidInput.field(AFTER, "unknown", NOT_A_CURSOR) from exc
        address = absolute_address(request, request.get_full_path())
        self._next, self._previous = str(replace_query_param(address, AFTER, str(position))), None
        return list(events)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        page = super().get_paginated_response_schema(schema)
        links = page["properties"]
        links["next"]["description"] = (
            "With `after`: where to ask for what follows, now or later; it is never null. "
            "Else the page of older ones; null on the last."
        )
        links["next"]["example"] = EXAMPLE_LINK
        links["previous"]["description"] = "The page of newer ones; null on the first, and with `after`."
        return page
