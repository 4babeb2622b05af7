"""Receiving one file: hashed, counted and recognised while its bytes pass, and gone again unless somebody keeps it."""

import fcntl
import hashlib
import os
import re
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

from django.core.files.uploadedfile import TemporaryUploadedFile

from api_project.rest.containers import ALLOWED, HEAD_BYTES, name_if_not_taken, sniff_content_type
from api_project.rest.exceptions import InvalidInput, TooLarge, UnsupportedMedia
from api_project.rest.problems import FieldError

# How many chunks may wait to be hashed: with the one in hand this is what an upload keeps in memory.
CHUNKS_IN_FLIGHT = 4
PUSH_OUT_BYTES = 8 * 1024 * 1024
MAX_NAME_CHARACTERS = 255
# Control characters, what nobody sees, and what turns the text around it.
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


class ReceivedFile(TemporaryUploadedFile):
    """A complete upload in FILE_UPLOAD_TEMP_DIR. Its file vanishes on close() unless it was moved away before.

    `content_type` is what the bytes are, from a fixed list, `sha256` is in hex, `size` in bytes; `name` is the
    client's, without folders and unprintable characters, for showing only.
    """

    sha256: str = ""

    def __init__(self, name: str) -> None:
        # The name on disk is made up: nothing of the client's may decide about it.
        super().__init__("received", "", 0, None)
        self.name = name
        # Tells a file that is being written from what a killed process left behind; see upload_leftovers.py.
        fcntl.flock(self.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileReception:
    """Takes the bytes of one file as they come. Leave the `with` block by finish(), or nothing remains.

    Raises problems that name the field: TooLarge, UnsupportedMedia on the first bytes, InvalidInput for an empty file.
    """

    def __init__(self, *, field: str, name: str, limit: int) -> None:
        self.field = field
        self.limit = limit
        self.size = 0
        self._head = b""
        self._content_type = ""
        self._digest = _BackgroundDigest()
        self._file = ReceivedFile(safe_file_name(name))
        self._kept = False
        self._pushed_out = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of everything; the file goes too unless finish() returned it."""
        self._digest.close()
        if not self._kept:
            self._file.close()

    def write(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self.size += len(chunk)
        if self.size > self.limit:
            raise too_large(self.field, self.limit)
        if not self._content_type:
            self._head += chunk[: HEAD_BYTES - len(self._head)]
            if len(self._head) == HEAD_BYTES:
                self._recognise()
        self._digest.update(chunk)
        self._file.write(chunk)
        if self.size - self._pushed_out >= PUSH_OUT_BYTES:
            self._push_out()

    def finish(self) -> ReceivedFile:
        """Return the complete file, at its beginning."""
        if not self.size:
            raise InvalidInput.field(self.field, "empty", "The file is empty.")
        if not self._content_type:
            self._recognise()
        self._file.flush()
        self._file.seek(0)
        self._file.size = self.size
        self._file.content_type = self._content_type
        self._file.sha256 = self._digest.hexdigest()
        self._kept = True
        return self._file

    def _push_out(self) -> None:
        """Let the system begin writing to the disk, so that the fsync at the end finds next to nothing left to do."""
        if hasattr(os, "posix_fadvise"):
            length = self.size - self._pushed_out
            os.posix_fadvise(self._file.fileno(), self._pushed_out, length, os.POSIX_FADV_DONTNEED)
        self._pushed_out = self.size

    def _recognise(self) -> None:
        found = sniff_content_type(self._head)
        if found is None:
            name = name_if_not_taken(self._head)
            what = (
                f"The file is {name}, which is not taken"
                if name
                else "The file begins like no audio or video container"
            )
            detail = f"{what}. Allowed are: {ALLOWED}."
            raise UnsupportedMedia(detail, errors=[FieldError(self.field, "unsupported_container", detail)])
        self._content_type = found


def too_large(field: str, limit: int) -> TooLarge:
    """Make the problem of a file over the limit."""
    detail = f"The file is larger than the limit of {limit} bytes."
    return TooLarge(detail, errors=[FieldError(field, "too_large", detail)])


def safe_file_name(name: str) -> str:
    """Return the client's file name as it can be stored and shown: no folders of any system, nothing unprintable."""
    base = UNPRINTABLE.sub("", re.split(r"[/\\]", name)[-1]).strip()
    if base in {"", ".", ".."}:
        return "upload"
    stem, extension = os.path.splitext(base)
    extension = extension[:20]
    return stem[: MAX_NAME_CHARACTERS - len(extension)] + extension


class _BackgroundDigest:
    """SHA-256 in a thread beside the one that reads and writes, once there is more than one chunk.

    Hashing releases the interpreter's lock and takes about as long as all else together, so this saves much of it.
    """

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._first: bytes | None = None
        self._pending: deque[Future[None]] = deque()
        self._executor: ThreadPoolExecutor | None = None

    def update(self, chunk: bytes) -> None:
        if self._executor is None:
            if self._first is None:
                self._first = chunk
                return
            self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="upload-digest")
            self._pending.append(self._executor.submit(self._hash.update, self._first))
        self._pending.append(self._executor.submit(self._hash.update, chunk))
        if len(self._pending) > CHUNKS_IN_FLIGHT:
            self._pending.popleft().result()

    def hexdigest(self) -> str:
        if self._executor is None and self._first is not None:
            self._hash.update(self._first)
        while self._pending:
            self._pending.popleft().result()
        return self._hash.hexdigest()

    def close(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
