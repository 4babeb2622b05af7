"""Forms mean the same however their bytes arrive, and nothing when they are not all there."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api_project.rest.bodies import read_chunks
from api_project.rest.exceptions import RestProblem
from api_project.rest.multipart_parser import _FormReader, _read_parts
from api_project.rest.upload_form import UploadForm
from tests.api import BOUNDARY, WAV, form, form_part, upload_folder

FIELDS = UploadForm(file="file", text=("title",), json=("metadata",))
# Bytes that look like the beginning of a boundary must come through.
AUDIO = WAV + f"\r\n--{BOUNDARY[:-1]}\r\r\n--".encode() + WAV
FORM = form(
    form_part("title", "Grüße".encode()), form_part("file", AUDIO, filename="a.wav"), form_part("metadata", b"{}")
)


class Trickle:
    """A stream that gives as many bytes at a time as it likes."""

    def __init__(self, body: bytes, sizes: list[int]) -> None:
        self._body = body
        self._sizes: Iterator[int] = iter(sizes)

    def read(self, size: int) -> bytes:
        size = min(size, next(self._sizes, size))
        piece, self._body = self._body[:size], self._body[size:]
        return piece


def read_form(body: bytes, sizes: list[int], *, length: int | None = None) -> tuple[dict[str, Any], bytes]:
    stream: Any = Trickle(body, sizes)
    with _FormReader(FIELDS) as reader:
        _read_parts(read_chunks(stream.read, len(body) if length is None else length), BOUNDARY, reader)
        with reader.take_files()["file"] as file:
            return reader.data, file.read()


@given(st.lists(st.integers(1, 200), max_size=60))
@example([1] * len(FORM))
def test_it_does_not_matter_how_the_bytes_arrive(sizes: list[int]) -> None:
    assert read_form(FORM, sizes) == ({"title": "Grüße", "metadata": {}}, AUDIO)


@given(st.integers(0, len(FORM) - 3))
def test_a_form_that_ends_anywhere_else_is_refused_and_leaves_nothing(end: int) -> None:
    with pytest.raises(RestProblem):
        read_form(FORM[:end], [], length=end)
    assert upload_folder() == []


@given(st.binary(max_size=300))
def test_whatever_comes_is_a_form_or_a_problem(body: bytes) -> None:
    prefix = f"--{BOUNDARY}\r\n".encode()
    for attempt in (body, prefix + body, form_part("file", body, filename="x")[:-2] + body):
        with pytest.raises((RestProblem, KeyError)):
            read_form(attempt, [])
    assert upload_folder() == []
