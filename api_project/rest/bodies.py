"""Reading a body of a declared length from a WSGI request, and telling when it is not all there."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import IO, Any

from django.http import HttpRequest

from api_project.rest.body_places import BodyPlace
from api_project.rest.exceptions import LengthRequired, MalformedBody

# Large enough that the cost per chunk vanishes, small enough that a dozen uploads stay small, and that a chunk is still
# in the processor's cache while it is searched, hashed and written: with 1 MiB, large forms took a seventh longer.
CHUNK_BYTES = 256 * 1024


def declared_length(request: HttpRequest) -> int:
    """Return the Content-Length. Raises LengthRequired without one: WSGI shows a chunked body as an empty one."""
    text = str(request.META.get("CONTENT_LENGTH") or "")
    if not (text.isascii() and text.isdecimal()):
        raise LengthRequired
    return int(text)


def read_chunks(read: Callable[[int], bytes], length: int) -> Iterator[bytes]:
    """Yield the body in chunks; raises MalformedBody when it ends early, as when the client goes away.

    `read` returns as much as it likes of what is asked for, and nothing only at the end.
    """
    received = 0
    while received < length:
        pieces, wanted = [], min(CHUNK_BYTES, length - received)
        while wanted > 0 and (piece := read(wanted)):
            pieces.append(piece)
            wanted -= len(piece)
        received += sum(map(len, pieces))
        if wanted > 0:
            raise MalformedBody(f"The body ended after {received} of the {length} bytes that Content-Length promised.")
        yield b"".join(pieces)


def keep_place(parser_context: dict[str, Any], place: BodyPlace) -> None:
    """Hand the place of a request to its parsers."""
    parser_context["body_place"] = place


def reader_of(stream: IO[bytes], parser_context: Mapping[str, Any] | None) -> Callable[[int], bytes]:
    """Return what reads the body under the rules of its place."""
    place: BodyPlace = (parser_context or {})["body_place"]
    return partial(place.read, stream)


def request_of(parser_context: Mapping[str, Any] | None) -> HttpRequest:
    """Return Django's request from what DRF hands to parsers."""
    request: HttpRequest = (parser_context or {})["request"]._request
    return request
