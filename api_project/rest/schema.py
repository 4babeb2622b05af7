"""What drf-spectacular cannot know by itself: how clients sign in, and which problems an operation may answer with."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter

from api_project.rest.pagination import DEFAULT_LIMIT, MAX_LIMIT
from api_project.rest.problems import MEDIA_TYPE, TYPES, ProblemType, type_of_status

EXAMPLE_REQUEST_ID = "0193fe2a-7c1e-7b52-a3f0-5d2d8a4c9e10"
# Any operation can end so; said once here, it is never forgotten.
ALWAYS = (400, 500, 503)
# And any that is not for everybody: who asks must be known, and is counted.
SIGNED_IN = {401, 429}
# And any that changes something: by a key that may only read, and where there is no room.
WRITING = {403, 507}
SAFE_METHODS = frozenset({"get", "head", "options"})
EXTENSION = "x-problems"
INVALID_INPUT = TYPES["invalid-input"]

_TEXT = {"type": "string"}
_FIELD_ERROR = {
    "type": "object",
    "description": "What is wrong with one field.",
    "properties": {
        "field": _TEXT | {"description": "Its name; a dot leads into structured fields, empty is the whole request."},
        "code": _TEXT | {"description": "What is wrong, for programs."},
        "detail": _TEXT | {"description": "What is wrong and what is allowed, for people."},
    },
    "required": ["field", "code", "detail"],
}
_PROBLEM = {
    "type": "object",
    "description": "An error, as RFC 9457 describes it.",
    "properties": {
        "type": _TEXT | {"format": "uri-reference", "description": "The kind of problem: where a page about it is."},
        "title": _TEXT | {"description": "The kind of problem in a few words."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": _TEXT | {"description": "What happened this time."},
        "errors": {
            "type": "array",
            "items": {"$ref": "#/components/schemas/FieldError"},
            "description": "The fields at fault, where there are any.",
        },
        "request_id": _TEXT | {"description": "Names the request in the log of the service; also in X-Request-ID."},
    },
    "required": ["type", "title", "status", "detail", "request_id"],
}
_RETRY_AFTER = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}
_HEADERS: dict[int, Any] = {
    401: {"WWW-Authenticate": {"schema": _TEXT, "description": "The scheme to sign in with."}},
    409: {"Retry-After": _RETRY_AFTER["Retry-After"] | {"description": "Seconds to wait, where waiting helps."}},
    415: {"Accept-Encoding": {"schema": _TEXT, "description": "`identity`, where the Content-Encoding was at fault."}},
    416: {"Content-Range": {"schema": _TEXT, "description": "`bytes */` and the length of the file."}},
    429: _RETRY_AFTER,
    503: _RETRY_AFTER,
}

PAGE_PARAMETERS = [
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        description="How many to return.",
    ),
    OpenApiParameter(
        "cursor",
        # Not an example of the parameter: Swagger UI would send it.
        {"type": "string", "examples": ["cD0xOTNmZTJhNmI3MDdkMWM5YzU1"]},
        description="Where the page begins, from `next` or `previous` of another page.",
    ),
]

_BEARER = (
    "An API key, as the page of API keys or `manage.py create_api_key USER` gives it. One of scope `read` may do all "
    "that begins with GET."
)
_SESSION = (
    "The session of whoever is signed in on the pages; Swagger UI uses it by itself. What is no GET also needs the "
    "header `X-CSRFToken`, with what the cookie of that purpose holds."
)


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "api_project.rest.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": _BEARER}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "api_project.rest.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME, "description": _SESSION}


def problems(*statuses: int) -> dict[str, Any]:
    """Return what tells `extend_schema` which problems an operation may answer with, beside those that all may."""
    return {"extensions": {EXTENSION: list(statuses)}}


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Describe each problem once, and give every operation its own and those that any of its kind can answer with."""
    used: set[int] = set()
    for path, method, operation in _operations(result):
        statuses = {*ALWAYS, *operation.pop(EXTENSION, ())}
        statuses |= SIGNED_IN if "security" in operation else set()
        statuses |= set() if method in SAFE_METHODS else WRITING
        statuses |= {404} if "{" in path else set()
        for status in statuses:
            operation["responses"][str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
        operation["responses"] = dict(sorted(operation["responses"].items()))
        used |= statuses
    components = result["components"]
    components["schemas"] = dict(
        sorted({**components["schemas"], "FieldError": _FIELD_ERROR, "Problem": _PROBLEM}.items())
    )
    components["responses"] = {f"Problem{status}": _response(status) for status in sorted(used)}
    return result


def _operations(result: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in result["paths"].items():
        for method, operation in item.items():
            if isinstance(operation, dict) and "responses" in operation:
                yield path, method, operation


def _response(status: int) -> dict[str, Any]:
    kinds = [kind for kind in TYPES.values() if kind.status == status] or [type_of_status(status)]
    examples = {kind.code: {"summary": kind.title, "value": _example(kind)} for kind in kinds}
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}}
    response: dict[str, Any] = {"description": " Or: ".join(kind.explanation for kind in kinds), "content": content}
    if headers := _HEADERS.get(status):
        response["headers"] = headers
    return response


def _example(kind: ProblemType) -> dict[str, Any]:
    example: dict[str, Any] = {"type": kind.uri, "title": kind.title, "status": kind.status, "detail": kind.explanation}
    if kind is INVALID_INPUT:
        detail = "This must be a whole number from 1 to 100."
        example["detail"] = f"limit: {detail}"
        example["errors"] = [{"field": "limit", "code": "invalid", "detail": detail}]
    return example | {"request_id": EXAMPLE_REQUEST_ID}
