"""Lists in pages, newest first, by a cursor that stays right while rows come and go."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.db.models import QuerySet, UUIDField
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from api_project.rest.addresses import absolute_address
from api_project.rest.exceptions import InvalidInput
from api_project.rest.queries import read_whole_number

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
EXAMPLE_LINK = "https://speech.example.com/api/v1/transcripts/?cursor=cD0xOTNmZTJhNmI3MDdkMWM5YzU1"
# Positions are ids as numbers, of at most 128 bits.
POSITION_END = 2**128
NOT_OURS = "This is not one that `next` or `previous` of a page gave."
OF_ANOTHER = "This is of a list with other parameters; only `limit` may change from page to page."


@dataclass(frozen=True)
class Span:
    """A part of a list by position, its ends not included."""

    below: int = POSITION_END
    above: int = -1


class Listed(Protocol):
    """Rows in the order of their positions, of which a larger one is newer."""

    def fetch(self, span: Span, *, limit: int, oldest_first: bool) -> Sequence[Any]:
        """Return the first rows of the span, fewer than the limit only where there are no more."""

    def position(self, row: Any) -> int: ...


class ById:
    """The rows of a query; ids are UUIDv7 or counted up, so their order is that of creation."""

    def __init__(self, queryset: QuerySet[Any]) -> None:
        self._queryset = queryset
        self._has_uuids = isinstance(queryset.model._meta.pk, UUIDField)

    def fetch(self, span: Span, *, limit: int, oldest_first: bool) -> Sequence[Any]:
        return list(self.query(span, limit=limit, oldest_first=oldest_first))

    def query(self, span: Span, *, limit: int, oldest_first: bool) -> QuerySet[Any]:
        """Return what reads the first rows of the span."""
        rows = self._queryset
        if span.below < POSITION_END:
            rows = rows.filter(pk__lt=self._id(span.below))
        if span.above >= 0:
            rows = rows.filter(pk__gt=self._id(span.above))
        return rows.order_by("pk" if oldest_first else "-pk")[:limit]

    def position(self, row: Any) -> int:
        return int(row.pk.int if self._has_uuids else row.pk)

    def _id(self, position: int) -> Any:
        return UUID(int=position) if self._has_uuids else position


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: behind a position, or before it when the page is read backwards."""

    position: int
    backwards: bool = False

    @property
    def span(self) -> Span:
        return Span(above=self.position) if self.backwards else Span(below=self.position)

    def text(self, scope: str) -> str:
        """Return what a link carries; `scope` tells of which list it is."""
        parts = {"p": f"{self.position:x}"} | ({"r": "1"} if self.backwards else {}) | ({"s": scope} if scope else {})
        return urlsafe_b64encode(urlencode(parts).encode()).decode().rstrip("=")


class NewestFirst(BasePagination):
    """`{next, previous, results}`, newest first. It takes a queryset, or anything else that is `Listed`."""

    _next: str | None
    _previous: str | None

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        listed: Listed = ById(queryset) if isinstance(queryset, QuerySet) else queryset
        limit = read_whole_number(request, "limit", default=DEFAULT_LIMIT, maximum=MAX_LIMIT)
        self._scope = scope_of(request.query_params, defaults=getattr(view, "query_defaults", {}))
        # What `next` and `previous` are made from.
        self._address = absolute_address(request, request.get_full_path())
        cursor = _read_cursor(request, self._scope)
        backwards = bool(cursor and cursor.backwards)
        span = cursor.span if cursor else Span()
        # One more than is shown tells whether there are any beyond.
        rows = list(listed.fetch(span, limit=limit + 1, oldest_first=backwards))
        shown = rows[:limit][::-1] if backwards else rows[:limit]
        is_more = len(rows) > limit
        self._next = self._previous = None
        # A page from which all rows were deleted meanwhile leads to those around it.
        around = cursor.position if cursor else 0
        if is_more or backwards:
            below = min(around + 1, POSITION_END - 1)
            self._next = self._to(Cursor(listed.position(shown[-1]) if shown else below))
        if is_more if backwards else cursor:
            self._previous = self._to(
                Cursor(listed.position(shown[0]) if shown else max(around - 1, 0), backwards=True)
            )
        return shown

    def _to(self, cursor: Cursor) -> str:
        return str(replace_query_param(self._address, "cursor", cursor.text(self._scope)))

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self._next, "previous": self._previous, "results": data})

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


def _read_cursor(request: Request, scope: str) -> Cursor | None:
    """Return the cursor of a request. Raises InvalidInput for one that was made up, or for another list."""
    text = request.query_params.get("cursor")
    if text is None:
        return None
    try:
        given = dict(parse_qsl(urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode(), strict_parsing=True))
        cursor = Cursor(int(given["p"], 16), backwards="r" in given)
    except (ValueError, KeyError) as exc:
        raise InvalidInput.field("cursor", "invalid", NOT_OURS) from exc
    if given.get("s", "") != scope:
        raise InvalidInput.field("cursor", "other_list", OF_ANOTHER)
    if cursor.text(scope) != text.rstrip("=") or not 0 <= cursor.position < POSITION_END:
        raise InvalidInput.field("cursor", "invalid", NOT_OURS)
    return cursor


def scope_of(query: Mapping[str, str], *, defaults: Mapping[str, str] | None = None) -> str:
    """Return what tells lists with different parameters apart; nothing where there are none but defaults."""
    counting = {name: query[name] for name in query if name not in ("cursor", "limit")}
    parameters = sorted(counting.items() - (defaults or {}).items())
    return sha256(urlencode(parameters).encode()).hexdigest()[:12] if parameters else ""
