"""One id per request, in its answer and in every log record that it causes."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import cast

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from uuid6 import uuid7

HEADER = "X-Request-ID"
# What is taken over from the client ends up in logs, so nothing that could forge a line or fill a disk.
ACCEPTABLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
ATTRIBUTE = "request_id"
OUTSIDE_A_REQUEST = "-"

_request_id: ContextVar[str] = ContextVar("request_id", default=OUTSIDE_A_REQUEST)


def current_request_id() -> str:
    """Return the id of the request that this thread is answering, or "-" outside of one."""
    return _request_id.get()


class RequestIdMiddleware:
    """Give the request an id: the client's X-Request-ID where it is usable, else a new one. Stands outermost."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "")
        request_id = given if ACCEPTABLE.fullmatch(given) else str(uuid7())
        # Django logs errors after the last middleware has returned, with the request at hand.
        setattr(request, ATTRIBUTE, request_id)
        token = _request_id.set(request_id)
        try:
            response = self.get_response(request)
        finally:
            _request_id.reset(token)
        response[HEADER] = request_id
        if isinstance(response, StreamingHttpResponse) and getattr(response, "file_to_stream", None) is None:
            # It is read after this has returned, and may log or break then. Files are left to the web server.
            response.streaming_content = _under(request_id, cast("Iterable[bytes]", response.streaming_content))
        return response


def _under(request_id: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pass on the parts of an answer; what is logged while one is made has the id of its request."""
    remaining = iter(chunks)
    while True:
        token = _request_id.set(request_id)
        try:
            chunk = next(remaining, None)
        finally:
            _request_id.reset(token)
        if chunk is None:
            return
        yield chunk


class RequestIdFilter(logging.Filter):
    """Put the id on every record as `request_id`; hang it on handlers, so that records of libraries have it too."""

    def filter(self, record: logging.LogRecord) -> bool:
        if not hasattr(record, "request_id"):
            record.request_id = getattr(getattr(record, "request", None), ATTRIBUTE, None) or current_request_id()
        return True
