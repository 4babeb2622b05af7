"""What an error looks like: RFC 9457 problem details, one shape for every error under /api/.

    {"type": "/api/problems/invalid-input/", "title": "…", "status": 400, "detail": "…", "request_id": "…",
     "errors": [{"field": "options.speakers_expected", "code": "min_value", "detail": "…"}]}

`errors` is there when single fields are at fault. `field` is the field's name; a dot leads into structured ones and an
empty name means the request as a whole.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from itertools import islice

from django.http import HttpResponse

from api_project.rest.request_ids import current_request_id

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "/api/problems/"
# An answer shall not be as large as the nonsense that it is about.
MAX_ERRORS = 50
MAX_FIELD_NAME = 200
MAX_DETAIL = 1000


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field; `code` is for programs, `detail` is a sentence for people."""

    field: str
    code: str
    detail: str


@dataclass(frozen=True)
class ProblemType:
    code: str
    status: int
    title: str
    explanation: str

    @property
    def uri(self) -> str:
        return f"{TYPE_PREFIX}{self.code}/"


_TYPES = [
    ProblemType("bad-request", 400, "Bad request", "The request itself is not acceptable, whatever it asks for."),
    ProblemType(
        "malformed-body", 400, "Malformed body", "The body is not what its Content-Type says, or is cut short."
    ),
    ProblemType(
        "invalid-input",
        400,
        "Invalid input",
        "Fields or parameters are wrong; `errors` names each and what is allowed.",
    ),
    ProblemType(
        "not-authenticated", 401, "Not authenticated", "The request carries no API key, or one that is not valid."
    ),
    ProblemType("forbidden", 403, "Forbidden", "Who is signed in may not do this; a read key may not write."),
    ProblemType(
        "over-budget",
        403,
        "Over budget",
        "A budget for storage or for minutes of audio is used up; the code in `errors` is which: `storage_budget` or "
        "`minutes_budget`.",
    ),
    ProblemType("not-found", 404, "Not found", "There is nothing here, or it belongs to somebody else."),
    ProblemType(
        "method-not-allowed", 405, "Method not allowed", "The Allow header lists what this address answers to."
    ),
    ProblemType("not-acceptable", 406, "Not acceptable", "The answer has none of the media types that were asked for."),
    ProblemType("request-timeout", 408, "Request timeout", "The body came too slowly, or stopped; nothing was kept."),
    ProblemType("conflict", 409, "Conflict", "The object is in a state in which this cannot be done."),
    ProblemType(
        "idempotency-in-progress",
        409,
        "Idempotency-Key in use",
        "Another request under this Idempotency-Key is in progress; send it again, under the same key, a little later.",
    ),
    ProblemType(
        "gone", 410, "Gone", "What this request made when it was first sent has been deleted; nothing new was made."
    ),
    ProblemType(
        "length-required", 411, "Length required", "A body needs a Content-Length; chunked bodies are not read."
    ),
    ProblemType(
        "precondition-failed",
        412,
        "Precondition failed",
        "If-Match names another version, or If-None-Match this one; nothing changed.",
    ),
    ProblemType("too-large", 413, "Too large", "The body or the file is over a limit; the detail names the limit."),
    ProblemType("unsupported-media-type", 415, "Unsupported media type", "The bytes are of a kind that is not taken."),
    ProblemType(
        "range-not-satisfiable",
        416,
        "Range not satisfiable",
        "The Range lies outside of the file; Content-Range says how long that is.",
    ),
    ProblemType(
        "idempotency-key-reused",
        422,
        "Idempotency-Key used for something else",
        "An earlier request under this Idempotency-Key had another content; a new request needs a new key.",
    ),
    ProblemType(
        "search-too-slow",
        422,
        "Search takes too long",
        "Among so many transcripts this search takes longer than it may; narrow it by time or by rarer words.",
    ),
    ProblemType("throttled", 429, "Too many requests", "Wait for as long as Retry-After says."),
    ProblemType("internal-error", 500, "Internal error", "The fault is ours; the log has it under the request id."),
    ProblemType(
        "unavailable", 503, "Unavailable", "Something needed is busy or down; Retry-After says when to come back."
    ),
    ProblemType("storage-full", 507, "Storage full", "There is no room left; nothing of the request was kept."),
]
TYPES: Mapping[str, ProblemType] = {kind.code: kind for kind in _TYPES}
# The first of a status is what stands for it when nothing more is known.
TYPE_OF_STATUS: Mapping[int, ProblemType] = {kind.status: kind for kind in reversed(_TYPES)}


def type_of_status(status: int) -> ProblemType:
    """Return the problem type for a bare status; unlisted ones count as the plainest of their class."""
    return TYPE_OF_STATUS.get(status) or TYPE_OF_STATUS[500 if status >= 500 else 400]


class ProblemResponse(HttpResponse):
    """An error as an answer, with the id of the request it is about."""

    def __init__(
        self,
        kind: ProblemType,
        detail: str,
        *,
        errors: Iterable[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        status: int | None = None,
    ) -> None:
        body: dict[str, object] = {
            "type": kind.uri,
            "title": kind.title,
            "status": status or kind.status,
            "detail": detail[:MAX_DETAIL],
        }
        listed = [asdict(error) | {"field": error.field[:MAX_FIELD_NAME]} for error in islice(errors, MAX_ERRORS)]
        if listed:
            body["errors"] = listed
        body["request_id"] = current_request_id()
        self.kind = kind
        super().__init__(
            json.dumps(body, separators=(",", ":")),
            content_type=MEDIA_TYPE,
            status=status or kind.status,
            headers=headers,
        )
        self["Cache-Control"] = "no-store"
        # Also for those that are made outside of the middleware that sets it.
        self["Content-Length"] = str(len(self.content))
