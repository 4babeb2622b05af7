"""Reading a body of a declared length from a WSGI request, and telling when it is not all there."""

from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.http import HttpRequest

from api_project.rest.exceptions import LengthRequired, MalformedBody

# Large enough that the cost per chunk vanishes, small enough that a dozen uploads stay small.
CHUNK_BYTES = 1024 * 1024


def declared_length(request: HttpRequest) -> int:
    """Return the Content-Length. Raises LengthRequired without one: WSGI shows a chunked body as an empty one."""
    text = str(request.META.get("CONTENT_LENGTH") or "")
    if not (text.isascii() and text.isdecimal()):
        raise LengthRequired
    return int(text)


def read_chunks(stream: IO[bytes], length: int) -> Iterator[bytes]:
    """Yield the body piece by piece; raises MalformedBody when it ends early, as when the client goes away."""
    received = 0
    while received < length:
        chunk = stream.read(min(CHUNK_BYTES, length - received))
        if not chunk:
            raise MalformedBody(f"The body ended after {received} of the {length} bytes that Content-Length promised.")
        received += len(chunk)
        yield chunk


def request_of(parser_context: Mapping[str, Any] | None) -> HttpRequest:
    """Return Django's request from what DRF hands to parsers."""
    request: HttpRequest = (parser_context or {})["request"]._request
    return request
