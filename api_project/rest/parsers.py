"""Bodies under limits: JSON, and the bare bytes of a file."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.datastructures import MultiValueDict
from rest_framework.parsers import BaseParser, DataAndFiles

from api_project.rest.bodies import declared_length, read_chunks, reader_of, request_of
from api_project.rest.content_types import read_header
from api_project.rest.exceptions import InvalidInput, MalformedBody, TooLarge
from api_project.rest.strict_json import BadJson, load_json
from api_project.rest.upload_form import UploadForm
from api_project.rest.uploads import FileReception, too_large

MAX_JSON_BYTES = 1024 * 1024


class JsonParser(BaseParser):
    """`application/json`, of bounded size, with nothing in it that cannot be stored."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        length = declared_length(request_of(parser_context))
        if length > MAX_JSON_BYTES:
            raise TooLarge(f"A JSON body may have up to {MAX_JSON_BYTES} bytes.")
        try:
            value = load_json(b"".join(read_chunks(reader_of(stream, parser_context), length)))
        except BadJson as exc:
            if exc.path:
                raise InvalidInput.field(exc.path, exc.code, f"This {exc}") from exc
            raise MalformedBody(f"The body {exc}") from exc
        if not isinstance(value, dict):
            raise MalformedBody("The body must be a JSON object.")
        return value


class RawUploadParser(BaseParser):
    """The bare bytes of a file; everything else comes as query parameters, JSON where it is structured."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> "DataAndFiles[Any, Any]":
        form: UploadForm = (parser_context or {})["view"].upload_form
        request = request_of(parser_context)
        length = declared_length(request)
        data, name = form.read_query(request.META.get("QUERY_STRING", ""))
        name = name or _name_in_header(request.META.get("HTTP_CONTENT_DISPOSITION", ""))
        if length > settings.MAX_UPLOAD_BYTES:
            raise too_large(form.file, settings.MAX_UPLOAD_BYTES)
        with FileReception(field=form.file, name=name, limit=settings.MAX_UPLOAD_BYTES) as reception:
            for chunk in read_chunks(reader_of(stream, parser_context), length):
                reception.write(chunk)
            file = reception.finish()
        return DataAndFiles(data, MultiValueDict({form.file: [file]}))


def _name_in_header(disposition: str) -> str:
    """Return the file's name as a Content-Disposition gives it; empty where none is to be read."""
    try:
        _, parameters = read_header(disposition)
    except ValueError:
        return ""
    return parameters.get("filename", "")


class RawAudioParser(RawUploadParser):
    media_type = "audio/*"


class RawVideoParser(RawUploadParser):
    media_type = "video/*"


class RawBytesParser(RawUploadParser):
    """What libraries call a file of which they know nothing; what it is, is told by its first bytes in any case."""

    media_type = "application/octet-stream"
