"""What a view wraps around taking a body: places for uploads, and no temporary file left, however it ends."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, cast

from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request

from api_project.rest.bodies import declared_length, keep_place
from api_project.rest.body_places import PLACES
from api_project.rest.exceptions import InvalidInput, MalformedBody, UnsupportedMedia
from api_project.rest.parsers import JsonParser, RawBytesParser

# What is allowed shall be told beside it.
LONGEST_SHOWN = 100


@contextmanager
def received_body(request: Request, *, during: Callable[[], None] | None = None) -> Iterator[dict[str, Any]]:
    """Read the body with the view's parsers and give its fields and files for the block, which keeps what it wants.

    The body holds a place from before its first byte until the end of the block; `during` is called again and again
    while it comes in. Raises LengthRequired, MalformedBody, UnsupportedMedia, Unavailable, RequestTimeout, and what the
    parsers and `during` raise.
    """
    _refuse_encoded(request)
    if declared_length(request._request) == 0:
        _refuse_empty(request)
    with ExitStack() as stack:
        is_upload = not _content_type(request).startswith(JsonParser.media_type)
        # The page's form is read by a request of the API's kind, which does not know who is signed in.
        owner = request._request.user.pk
        place = stack.enter_context(PLACES.hold(owner, is_upload=is_upload))
        place.on_piece = during or place.on_piece
        keep_place(request.parser_context, place)
        try:
            fields = cast("dict[str, Any]", request.data)
        except UnsupportedMediaType as exc:
            raise _unsupported(request) from exc
        files = {name: file for name, file in request.FILES.items()}
        for file in files.values():
            stack.callback(file.close)
        yield {**fields, **files}


def is_bare_body(request: Request) -> bool:
    """Whether the body is nothing but the bytes of a file, so that all else stands in the query."""
    return _content_type(request).startswith(("audio/", "video/", RawBytesParser.media_type))


def _content_type(request: Request) -> str:
    return (request.content_type or "").lower()


def _refuse_empty(request: Request) -> None:
    if is_bare_body(request):
        form = request.parser_context["view"].upload_form
        raise InvalidInput.field(form.file, "empty", "The file is empty.")
    raise MalformedBody("The body is empty.")


def _refuse_encoded(request: Request) -> None:
    if request.headers.get("Content-Encoding", "").strip().lower() not in {"", "identity"}:
        # https://www.rfc-editor.org/rfc/rfc9110#section-15.5.16
        headers = {"Accept-Encoding": "identity"}
        raise UnsupportedMedia("No Content-Encoding is taken; send the body as it is.", headers=headers)


def _unsupported(request: Request) -> UnsupportedMedia:
    allowed = ", ".join(sorted({parser.media_type for parser in request.parsers or ()}))
    media_type = (request._request.content_type or "")[:LONGEST_SHOWN]
    return UnsupportedMedia(f"A body of Content-Type {media_type!r} is not taken. Allowed are: {allowed}.")
