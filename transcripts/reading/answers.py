"""Answers that are whole before they begin, without standing in memory whole.

The server ends an answer that fails in the middle like one that is complete, unless its length was said before. So what
is made from the store goes to a file without a name first: a failure is a problem with a status, a deletion meanwhile
is a 404, nothing waits in the database while a client reads, and the length is known.
"""

import json
import os
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import IO, Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from rest_framework.request import Request

from api_project.rest.exceptions import Unavailable
from api_project.rest.listeners import LISTENERS
from api_project.rest.serving import FileBody
from api_project.room import is_out_of_room
from transcripts.models import Transcript

JSON = "application/json"
# Up to here an answer is small enough to stand in memory.
FEW_WORDS = 1000
LONGEST_NAME = 100
NOT_IN_NAMES = frozenset('/\\:*?"<>|%')
RETRY_AFTER_SECONDS = "60"


def made_answer(
    request: Request, transcript: Transcript, pieces: Iterable[bytes], *, content_type: str
) -> HttpResponseBase:
    """Return an answer made of pieces.

    Raises `TranscriptResult.DoesNotExist` when the transcript is erased meanwhile, and `Unavailable`. A long one holds
    one of the places for those who are sent files, so that slow readers do not take every thread.
    """
    if transcript.result.word_count <= FEW_WORDS:
        return HttpResponse(b"".join(pieces), content_type=content_type)
    with ExitStack() as stack:
        stack.enter_context(LISTENERS.hold(transcript.owner_id))
        file = stack.enter_context(_file_of(pieces))
        return _file_answer(request, file, stack, content_type)


def _file_of(pieces: Iterable[bytes]) -> IO[bytes]:
    try:
        file = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)
        try:
            file.writelines(pieces)
        except BaseException:
            file.close()
            raise
    except OSError as exc:
        if not is_out_of_room(exc):
            raise
        headers = {"Retry-After": RETRY_AFTER_SECONDS}
        raise Unavailable("There is no room to make the answer in; try again later.", headers=headers) from exc
    return file


def _file_answer(request: Request, file: IO[bytes], stack: ExitStack, content_type: str) -> HttpResponseBase:
    answer: HttpResponseBase
    length = file.seek(0, os.SEEK_END)
    if request.method == "HEAD":
        answer = HttpResponse(content_type=content_type)
    else:
        file.seek(0)
        answer = StreamingHttpResponse(FileBody(file, length, stack.pop_all()), content_type=content_type)
    answer["Content-Length"] = str(length)
    return answer


def json_pieces(head: dict[str, Any], name: str, items: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Give the pieces of a JSON object that ends with a list."""
    yield f"{_json(head)[:-1]},{_json(name)}:[".encode()
    for number, item in enumerate(items):
        yield f"{',' if number else ''}{_json(item)}".encode()
    yield b"]}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def to_save(
    answer: HttpResponseBase, transcript: Transcript, extension: str, *, inline: bool = False
) -> HttpResponseBase:
    """Say under which name an answer is to be saved: the title's or the file's, else the transcript's id."""
    stem = _stem(transcript.title) or _stem(os.path.splitext(transcript.file_name)[0]) or str(transcript.pk)
    disposition = content_disposition_header(not inline, f"{stem}.{extension}")
    answer["Content-Disposition"] = disposition or "attachment"
    return answer


def _stem(name: str) -> str:
    """Return what of a name is safe in every file system and in a header."""
    kept = "".join(
        " " if character in NOT_IN_NAMES or character.isspace() else character
        for character in name
        if character.isspace() or unicodedata.category(character)[0] != "C"
    )
    return " ".join(kept.split())[:LONGEST_NAME].strip(" .")
