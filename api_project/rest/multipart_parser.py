"""Uploads as `multipart/form-data`, refused as soon as something in them is wrong."""

import io
import re
from collections.abc import Iterable, Mapping
from typing import IO, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from multipart import MultipartError, MultipartSegment, ParserLimitReached, PushMultipartParser
from rest_framework.parsers import BaseParser, DataAndFiles

from api_project.rest.bodies import declared_length, read_chunks, reader_of, request_of
from api_project.rest.exceptions import InvalidInput, MalformedBody, TooLarge
from api_project.rest.upload_form import UploadForm
from api_project.rest.uploads import FileReception, ReceivedFile, too_large

# All that a form may hold beside the file: fields, headers, boundaries.
OVERHEAD_BYTES = 1024 * 1024
MAX_FIELD_BYTES = 256 * 1024
MAX_PARTS = 32
# As long as https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1 allows it to be.
BOUNDARY = re.compile(r"[ -~]{1,70}")


class MultipartUploadParser(BaseParser):
    """A form with one file. Unknown, repeated and oversized fields are refused as they come by.

    Django's own parser takes a form without its closing boundary for complete and drops parts that it cannot read.
    """

    media_type = "multipart/form-data"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> "DataAndFiles[Any, Any]":
        form: UploadForm = (parser_context or {})["view"].upload_form
        request = request_of(parser_context)
        length = declared_length(request)
        if length > settings.MAX_UPLOAD_BYTES + OVERHEAD_BYTES:
            raise too_large(form.file, settings.MAX_UPLOAD_BYTES)
        boundary = _boundary_of(request)
        with _FormReader(form) as reader:
            _read_parts(read_chunks(reader_of(stream, parser_context), length), boundary, reader)
            files = reader.take_files()
        return DataAndFiles(reader.data, MultiValueDict({name: [file] for name, file in files.items()}))


def _boundary_of(request: HttpRequest) -> str:
    boundary = (request.content_params or {}).get("boundary", "")
    if not BOUNDARY.fullmatch(boundary):
        raise MalformedBody("The Content-Type of a form names its boundary: 1 to 70 printable ASCII characters.")
    return boundary


def _read_parts(chunks: Iterable[bytes], boundary: str, reader: "_FormReader") -> None:
    try:
        parser = PushMultipartParser(boundary, max_segment_count=MAX_PARTS)
        for chunk in chunks:
            if not parser.closed:
                for event in parser.parse(chunk):
                    reader.take(event)
        parser.close()
    except ParserLimitReached as exc:
        raise TooLarge(f"The form is over a limit: {exc}.") from exc
    except MultipartError as exc:
        raise MalformedBody(f"The body is not a complete multipart form: {exc}.") from exc


class _FormReader:
    """Sorts the events of the multipart parser into fields and files; what is not taken away vanishes at the end."""

    def __init__(self, form: UploadForm) -> None:
        self.form = form
        self.data: dict[str, Any] = {}
        self._files: dict[str, ReceivedFile] = {}
        self._name = ""
        self._text = io.BytesIO()
        self._reception: FileReception | None = None

    def __enter__(self) -> "_FormReader":
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._reception is not None:
            self._reception.close()
        for file in self._files.values():
            file.close()

    def take_files(self) -> dict[str, ReceivedFile]:
        """Return the files; from now on they are the caller's to close."""
        files, self._files = self._files, {}
        return files

    def take(self, event: MultipartSegment | bytes | bytearray | None) -> None:
        """Take one event: the head of a part, some bytes of it, or its end (None)."""
        if event is None:
            self._end_part()
        elif isinstance(event, MultipartSegment):
            self._begin_part(event)
        elif self._reception is not None:
            self._reception.write(bytes(event))
        else:
            self._write_text(event)

    def _begin_part(self, part: MultipartSegment) -> None:
        self._name = part.name
        self.form.refuse_repeated(self._name, {*self.data, *self._files})
        if self._name == self.form.file:
            limit = settings.MAX_UPLOAD_BYTES
            self._reception = FileReception(field=self._name, name=part.filename or "", limit=limit)
        elif self._name not in {*self.form.text, *self.form.json, *self.form.lists}:
            # Before its bytes are read, which may be many.
            self.form.read_field(self._name, "")
        self._text = io.BytesIO()

    def _write_text(self, data: bytes | bytearray) -> None:
        if self._text.tell() + len(data) > MAX_FIELD_BYTES:
            raise InvalidInput.field(self._name, "too_large", f"A field may have up to {MAX_FIELD_BYTES} bytes.")
        self._text.write(data)

    def _end_part(self) -> None:
        if self._reception is not None:
            with self._reception as reception:
                self._files[self._name] = reception.finish()
            self._reception = None
            return
        try:
            text = self._text.getvalue().decode("utf-8")
        except UnicodeDecodeError as exc:
            raise InvalidInput.field(self._name, "invalid", "This is not UTF-8.") from exc
        self.form.add_field(self.data, self._name, text)
