"""What schemathesis cannot know: ids of things that are there, cursors that were given, and what sounds like audio."""

import hashlib
import os
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis.openapi.checks import UseAfterFree

BASE_URL = os.environ["FUZZ_BASE_URL"]
KEY = os.environ["FUZZ_KEY"]
HEAD_OF_WAV = b"RIFF\x24\x00\x00\x00WAVEfmt "
TRANSCRIPTS = "/api/v1/transcripts/"
API_KEYS = "/api/v1/api-keys/"
BARE = "application/octet-stream"
JSON_FIELDS = {"options": '{"punctuate": false}', "metadata": '{"case": [4711]}'}
# Rows come and go while requests are made.
LOOK_AGAIN_AFTER = 100


class Pool:
    """Values that the API itself has given, looked up anew every now and then."""

    def __init__(self, look: Callable[[], list[str]]) -> None:
        self._look = look
        self._values: list[str] = []
        self._taken = 0

    def replace(self, value: str) -> str:
        """Return one of the values, always the same for the same one, or sometimes the value itself."""
        if self._taken % LOOK_AGAIN_AFTER == 0:
            self._values = sorted(self._look())
        self._taken += 1
        candidates = [*self._values, value]
        return candidates[int.from_bytes(hashlib.sha256(value.encode()).digest()[:4]) % len(candidates)]


def get(path: str, **query: Any) -> Any:
    response = requests.get(f"{BASE_URL}{path}", params=query, headers={"Authorization": f"Bearer {KEY}"}, timeout=60)
    response.raise_for_status()
    return response.json()


def transcript_ids() -> list[str]:
    return [found["id"] for found in get(TRANSCRIPTS, limit=100)["results"]]


def key_ids() -> list[str]:
    # Without the one that all requests are sent with.
    keys = get(API_KEYS, limit=100)["results"]
    return [str(key["id"]) for key in keys if not KEY.startswith(key["prefix"])]


def cursors() -> list[str]:
    page = get(TRANSCRIPTS, limit=2)
    return parse_qs(urlsplit(page["next"] or "").query).get("cursor", [])


POOLS = {"transcript_id": Pool(transcript_ids), "key_id": Pool(key_ids), "cursor": Pool(cursors)}


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    for name, value in (path_parameters or {}).items():
        if name in POOLS and _is_id(value):
            (path_parameters or {})[name] = POOLS[name].replace(str(value))
    return path_parameters


@schemathesis.hook
def map_query(context: Any, query: dict[str, Any] | None) -> dict[str, Any] | None:
    if query and isinstance(query.get("cursor"), str):
        query["cursor"] = POOLS["cursor"].replace(query["cursor"])
    return query


@schemathesis.hook
def map_case(context: Any, case: Any) -> Any:
    """Keep the query apart from the bodies that it does not go with, or next to nothing would be accepted."""
    if (case.operation.method, case.operation.path) == ("post", TRANSCRIPTS) and case.meta.generation.mode.is_positive:
        if case.media_type != BARE:
            case.query = {}
        for name, value in JSON_FIELDS.items():
            if name in (case.query or {}):
                case.query[name] = value
    return case


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Let a key be seen after it was deleted: that is how it is revoked."""
    return not (isinstance(failure, UseAfterFree) and case.operation.path.startswith(API_KEYS))


def _is_id(value: Any) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return isinstance(value, int)
    return True


AUDIO = st.binary(max_size=300).map(lambda data: HEAD_OF_WAV + data)
schemathesis.openapi.format("binary", AUDIO)
