"""Asking the API in tests, as its clients do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client

from api_project.rest.api_keys.services import api_key_create
from tests.described import find_operation, undescribed
from tests.factories import make_user

AUDIO_FOLDER = Path(__file__).parent / "audio"
TRANSCRIPTS = "/api/v1/transcripts/"
BOUNDARY = "--------------------------test-boundary"
FORM = f"multipart/form-data; boundary={BOUNDARY}"
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(range(256)) * 4


class DescribedClient(Client):
    """A client that holds every answer to what schema.yml says about it."""

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        operation = find_operation(request.get("REQUEST_METHOD", "GET"), request["PATH_INFO"])
        if operation is not None:
            body = b"" if response.streaming else response.content
            assert undescribed(operation, response.status_code, response.headers, body) == [], str(operation)
        return response


def api_client(name: str = "ada", *, scope: str = "write", **options: Any) -> Client:
    """Return a client that sends a key of that user, who is made if there is none."""
    _, key = api_key_create(user=make_user(name), name="test", scope=scope)
    return DescribedClient(headers={"Authorization": f"Bearer {key}"}, **options)


def form_part(name: str, content: bytes, *, filename: str | None = None) -> bytes:
    """Return one part of a form, as curl would write it, from its boundary on."""
    disposition = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
    return f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    """Return a whole form."""
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def form_with_file(content: bytes = WAV, *more: bytes, filename: str = "speech.wav") -> bytes:
    return form(form_part("file", content, filename=filename), *more)


def post_form(client: Client, body: bytes, path: str = TRANSCRIPTS, **extra: Any) -> Any:
    return client.generic("POST", path, body, content_type=FORM, **extra)


def post_bare(client: Client, body: bytes, query: str = "", content_type: str = "audio/wav", **extra: Any) -> Any:
    return client.generic("POST", TRANSCRIPTS, body, content_type=content_type, QUERY_STRING=query, **extra)


def post_json(client: Client, body: Any, path: str = TRANSCRIPTS) -> Any:
    return client.post(path, body, content_type="application/json")


class Untouchable:
    """A body that must not be read."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("The body was read.")

    readline = read


class Torn:
    """A body whose client goes away."""

    def read(self, size: int = -1) -> bytes:
        raise OSError("Connection reset by peer")

    readline = read


def post_stream(client: Client, stream: Any, length: str | int, content_type: str) -> Any:
    """Post what a server would hand on: a stream, and what Content-Length says about it."""
    environ: dict[str, Any] = {"wsgi.input": stream, "CONTENT_LENGTH": str(length), "CONTENT_TYPE": content_type}
    return client.generic("POST", TRANSCRIPTS, **environ)


def fields_at_fault(response: Any) -> dict[str, str]:
    """Return field and code of each error of a problem."""
    return {error["field"]: error["code"] for error in response.json()["errors"]}


def upload_folder() -> list[Path]:
    return list(Path(settings.FILE_UPLOAD_TEMP_DIR).glob("*"))


def audio_folder() -> list[Path]:
    return [path for path in Path(settings.AUDIO_DIR).rglob("*") if path.is_file()]


@contextmanager
def nothing_is_kept() -> Iterator[None]:
    """Check that the block leaves no row and no file."""
    from transcripts.models import Transcript

    before = (Transcript.objects.count(), len(audio_folder()), len(upload_folder()))
    yield
    assert (Transcript.objects.count(), len(audio_folder()), len(upload_folder())) == before
