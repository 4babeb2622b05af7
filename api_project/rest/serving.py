"""Answering with a stored file, whole or in part (RFC 9110, section 14), without its bytes in memory."""

import logging
import os
from collections.abc import Callable, Hashable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, Self

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from rest_framework.request import Request

from api_project.rest.conditional import unchanged, with_tag
from api_project.rest.exceptions import RangeNotSatisfiable, Unavailable
from api_project.rest.listeners import LISTENERS, Pace
from api_project.rest.media_names import content_type_to_send
from api_project.rest.queries import read_choice
from api_project.rest.ranges import ByteRange, NoSuchRange, range_still_counts, read_range

logger = logging.getLogger(__name__)

CHUNK_BYTES = 64 * 1024
RETRY_AFTER_SECONDS = "60"
DISPOSITION = "disposition"
DISPOSITIONS = ("attachment", "inline")
# Should a browser ever take it for a page: a page that may do nothing but play itself.
POLICY = "default-src 'none'; media-src 'self'; sandbox"


@dataclass(frozen=True)
class KeptFile:
    """A file in storage, as its row tells of it; its bytes never change. `open` may raise an OSError."""

    name: str
    size: int
    content_type: str
    sha256: str
    open: Callable[[], IO[bytes]]


class FileIsShort(Exception):
    """The file ended before its length was reached."""


def file_answer(request: Request, kept: KeptFile, *, owner: Hashable) -> HttpResponseBase:
    """Return the answer to a GET or HEAD of a file: 200, 206 or 304; the query may say `disposition=inline`.

    Raises RangeNotSatisfiable, PreconditionFailed, InvalidInput, and Unavailable when the file is not in storage as its
    row says or too many are being sent.
    """
    disposition = read_choice(request, DISPOSITION, allowed=DISPOSITIONS) or DISPOSITIONS[0]
    tag = f'"{kept.sha256}"'
    if same := unchanged(request, tag):
        return same
    wanted = _wanted(request, kept, tag)
    with ExitStack() as stack:
        stack.enter_context(LISTENERS.hold(owner))
        file = stack.enter_context(_opened(kept))
        answer = _head_or_body(request, file, wanted or ByteRange(0, kept.size - 1), stack)
    if wanted:
        answer.status_code = 206
        answer["Content-Range"] = f"bytes {wanted.first}-{wanted.last}/{kept.size}"
    answer["Content-Type"] = content_type_to_send(kept.content_type)
    answer["Content-Disposition"] = content_disposition_header(disposition == "attachment", kept.name) or disposition
    answer["Content-Security-Policy"] = POLICY
    answer["Accept-Ranges"] = "bytes"
    return with_tag(answer, tag)


def _wanted(request: Request, kept: KeptFile, tag: str) -> ByteRange | None:
    # A Range means nothing with any other method, HEAD included.
    if request.method != "GET" or not range_still_counts(request.headers.get("If-Range", ""), tag):
        return None
    try:
        return read_range(request.headers.get("Range", ""), kept.size)
    except NoSuchRange as exc:
        headers = {"Content-Range": f"bytes */{kept.size}"}
        raise RangeNotSatisfiable(f"The file has {kept.size} bytes.", headers=headers) from exc


def _opened(kept: KeptFile) -> IO[bytes]:
    """Return the file if it is there and as long as it was; half of it shall not look like the whole."""
    try:
        file = kept.open()
    except OSError as exc:
        logger.exception("A file cannot be opened.", extra={"action": "rest.file_missing"})
        raise _not_there() from exc
    size = file.seek(0, os.SEEK_END)
    if size != kept.size:
        file.close()
        extra = {"action": "rest.file_damaged"}
        logger.error("A file has %d bytes in storage; its row says %d.", size, kept.size, extra=extra)
        raise _not_there()
    return file


def _not_there() -> Unavailable:
    headers = {"Retry-After": RETRY_AFTER_SECONDS}
    return Unavailable("The file is not in storage as it was received; try again later.", headers=headers)


def _head_or_body(request: Request, file: IO[bytes], part: ByteRange, stack: ExitStack) -> HttpResponseBase:
    answer: HttpResponseBase
    if request.method == "HEAD":
        answer = HttpResponse()
    else:
        file.seek(part.first)
        answer = StreamingHttpResponse(FileBody(file, part.length, stack.pop_all()))
    answer["Content-Length"] = str(part.length)
    return answer


class FileBody:
    """The bytes of an answer; its place and its file are let go when it is closed, however it ends.

    What it raises breaks the connection off, so that the client sees less than Content-Length and never half a file
    that looks whole.
    """

    def __init__(self, file: IO[bytes], length: int, held: ExitStack, pace: Pace | None = None) -> None:
        self._file = file
        self._left = length
        self._held = held
        self._pace = pace or Pace()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        if not self._left:
            raise StopIteration
        self._pace.check()
        chunk = self._file.read(min(CHUNK_BYTES, self._left))
        if not chunk:
            logger.error("A file ended while it was being sent.", extra={"action": "rest.file_damaged"})
            raise FileIsShort
        self._left -= len(chunk)
        self._pace.took(len(chunk))
        return chunk

    def close(self) -> None:
        self._held.close()

    def __del__(self) -> None:
        # An answer that was made and never sent, because something failed behind the view.
        self._held.close()
