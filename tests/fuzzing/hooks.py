"""What schemathesis cannot know: ids of things that are there, cursors that were given, and what sounds like audio."""

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit
from uuid import UUID

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis.openapi.checks import UseAfterFree

from tests.fuzzing import answers

BASE_URL = os.environ["FUZZ_BASE_URL"]
KEY = os.environ["FUZZ_KEY"]
ANSWERS = Path(os.environ["FUZZ_ANSWERS"])
HEAD_OF_WAV = b"RIFF\x24\x00\x00\x00WAVEfmt "
TRANSCRIPTS = "/api/v1/transcripts/"
API_KEYS = "/api/v1/api-keys/"
BARE = "application/octet-stream"
JSON_FIELDS = {"options": '{"punctuate": false}', "metadata": '{"case": [4711]}'}
# What is no range gets the whole; the last one is behind the end of any file here.
RANGES = cycle(["whole", "bytes=0-99", "whole", "bytes=-10", "whole", "bytes=1000000-"])
MADE_OF_EXAMPLES = ("examples", "coverage")
BEGAN = datetime.now(UTC).isoformat()
LISTS: list[dict[str, str]] = [
    {},
    {"status": "completed"},
    {"source": "upload", "created_before": BEGAN},
    {"search": "number"},
    {"search": "number", "order": "relevance"},
]
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
        candidates = [*self._known(), value]
        return candidates[int.from_bytes(hashlib.sha256(value.encode()).digest()[:4]) % len(candidates)]

    def following(self, value: str) -> str:
        """Return the values in turn; the one that is given where there are none."""
        candidates = self._known() or [value]
        return candidates[self._taken % len(candidates)]

    def _known(self) -> list[str]:
        if self._taken % LOOK_AGAIN_AFTER == 0:
            self._values = sorted(self._look())
        self._taken += 1
        return self._values


def get(path: str, **query: Any) -> Any:
    response = requests.get(f"{BASE_URL}{path}", params=query, headers={"Authorization": f"Bearer {KEY}"}, timeout=60)
    response.raise_for_status()
    return response.json()


def ids(path: str, **query: Any) -> list[str]:
    return [found["id"] for found in get(path, limit=50, **query)["results"]]


def transcript_ids() -> list[str]:
    # Those that were there at the beginning, too: made-up requests make few that are completed.
    return list({*ids(TRANSCRIPTS), *ids(TRANSCRIPTS, created_before=BEGAN)})


def key_ids() -> list[str]:
    # Without the one that all requests are sent with.
    keys = get(API_KEYS, limit=100)["results"]
    return [str(key["id"]) for key in keys if not KEY.startswith(key["prefix"])]


def pages() -> list[str]:
    """Return the queries of second pages, of lists with and without filters."""
    following = [get(TRANSCRIPTS, limit=2, **query)["next"] for query in LISTS]
    return [urlsplit(link).query for link in following if link]


def cursors() -> list[str]:
    return parse_qs(urlsplit(get(TRANSCRIPTS, limit=2)["next"] or "").query).get("cursor", [])


POOLS = {
    "transcript_id": Pool(transcript_ids),
    "failed_id": Pool(partial(ids, TRANSCRIPTS, status="error")),
    "key_id": Pool(key_ids),
    "cursor": Pool(cursors),
    "page": Pool(pages),
    "endpoint_id": Pool(partial(ids, "/api/v1/webhook-endpoints/")),
    "event_id": Pool(partial(ids, "/api/v1/events/")),
    "delivery_id": Pool(partial(ids, "/api/v1/deliveries/")),
}


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    for name, value in (path_parameters or {}).items():
        if name in POOLS and _is_id(value):
            (path_parameters or {})[name] = _pool(name, context.operation.path).replace(str(value))
    return path_parameters


def _pool(name: str, path: str) -> Pool:
    # Only those can be tried again, and they are few.
    return POOLS["failed_id" if path.endswith("/retry/") else name]


@schemathesis.hook
def map_query(context: Any, query: dict[str, Any] | None) -> dict[str, Any] | None:
    if query and isinstance(query.get("cursor"), str):
        query["cursor"] = POOLS["cursor"].replace(query["cursor"])
    return query


@schemathesis.hook
def map_case(context: Any, case: Any) -> Any:
    """Make sense of what belongs together, or next to nothing would be accepted."""
    if case.meta.generation.mode.is_positive:
        operation = (case.operation.method, case.operation.path)
        if operation == ("post", TRANSCRIPTS):
            _part_query_and_body(case)
        elif operation == ("get", TRANSCRIPTS) and "cursor" in (case.query or {}):
            case.query = dict(parse_qsl(POOLS["page"].following("")))
        elif operation[1].endswith("audio/"):
            case.headers = {**(case.headers or {}), "Range": next(RANGES)}
    return case


def _part_query_and_body(case: Any) -> None:
    if case.media_type != BARE:
        case.query = {}
    for name, value in JSON_FIELDS.items():
        if name in (case.query or {}):
            case.query[name] = value


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Put ids of things that are there in the place of the description's examples."""
    if case.meta.phase.name not in MADE_OF_EXAMPLES:
        return
    for name, value in (case.path_parameters or {}).items():
        if name in POOLS and _is_id(value):
            case.path_parameters[name] = _pool(name, case.operation.path).following(str(value))
    # It takes this for a string with that pattern.
    if case.meta.generation.mode.is_positive and (case.headers or {}).get("If-Match") == "0":
        case.headers["If-Match"] = "*"


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    answers.note(ANSWERS, case.operation.method, case.operation.path, response.status_code)


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
