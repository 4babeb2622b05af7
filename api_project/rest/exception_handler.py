"""From an exception to a problem: the one place where errors of the API get their shape."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.http.request import UnreadablePostError
from rest_framework import exceptions as drf

from api_project.rest.exceptions import Busy, RestProblem
from api_project.rest.problems import TYPES, FieldError, ProblemResponse, type_of_status
from api_project.rest.refusals import note_refusal
from api_project.room import is_out_of_room, is_storage_away

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = "5"
NO_CREDENTIALS = "Nobody is signed in: send an API key as `Authorization: Bearer <key>`."
CODES_OF_DRF: Mapping[type[drf.APIException], str] = {
    drf.ParseError: "malformed-body",
    drf.UnsupportedMediaType: "unsupported-media-type",
}


def handle_exception(exc: Exception, context: Mapping[str, Any]) -> ProblemResponse | None:
    """Return the problem to answer with, or None for a bug: that becomes a bare 500, and a traceback in the log."""
    problem = _problem(exc)
    if problem is not None and "request" in context:
        note_refusal(context["request"], problem.kind.code, is_busy=isinstance(exc, Busy))
    return problem


def _problem(exc: Exception) -> ProblemResponse | None:
    if isinstance(exc, RestProblem):
        headers = {**exc.headers, **_headers(exc)}
        return ProblemResponse(exc.kind, str(exc.detail), errors=exc.errors, headers=headers)
    if isinstance(exc, drf.ValidationError):
        errors = list(field_errors(exc.detail))
        return ProblemResponse(TYPES["invalid-input"], _summary(errors), errors=errors)
    if isinstance(exc, drf.APIException):
        return _from_drf(exc)
    return _from_django(exc)


def field_errors(detail: Any, path: str = "") -> Iterator[FieldError]:
    """Flatten DRF's nested details into one error per field and fault."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            joined = path if name == "non_field_errors" else f"{path}.{name}" if path else str(name)
            yield from field_errors(inner, joined)
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            # A list of details is several faults of one field; a list of mappings is one entry per element.
            yield from field_errors(inner, f"{path}.{index}" if isinstance(inner, Mapping) and inner else path)
    elif detail is not None:
        yield FieldError(path, str(getattr(detail, "code", "invalid")), str(detail))


def _summary(errors: list[FieldError]) -> str:
    first = errors[0] if errors else FieldError("", "invalid", "The request is not valid.")
    sentence = f"{first.field}: {first.detail}" if first.field else first.detail
    return sentence if len(errors) < 2 else f"{sentence} ({len(errors) - 1} more in errors)"


def _from_drf(exc: drf.APIException) -> ProblemResponse:
    code = next((code for kind, code in CODES_OF_DRF.items() if isinstance(exc, kind)), None)
    kind = TYPES[code] if code else type_of_status(exc.status_code)
    detail = NO_CREDENTIALS if isinstance(exc, drf.NotAuthenticated) else str(exc.detail)
    return ProblemResponse(kind, detail, headers=_headers(exc), status=exc.status_code)


def _headers(exc: drf.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers


def _from_django(exc: Exception) -> ProblemResponse | None:
    if isinstance(exc, Http404):
        return ProblemResponse(TYPES["not-found"], "There is nothing here.")
    if isinstance(exc, PermissionDenied):
        return ProblemResponse(TYPES["forbidden"], "This is not allowed.")
    if isinstance(exc, RequestDataTooBig):
        return ProblemResponse(TYPES["too-large"], "The body is too large.")
    if isinstance(exc, SuspiciousOperation):
        logger.warning("A request was refused as suspicious.", exc_info=exc, extra={"action": "rest.suspicious"})
        return ProblemResponse(TYPES["bad-request"], "The request is not acceptable.")
    if isinstance(exc, UnreadablePostError):
        return ProblemResponse(TYPES["malformed-body"], "The body ended before it was complete.")
    if is_out_of_room(exc):
        logger.error("A request was refused because the storage is full.", extra={"action": "rest.storage_full"})
        return ProblemResponse(TYPES["storage-full"], "There is no room left to store this; nothing was kept.")
    if is_storage_away(exc):
        logger.error("The storage cannot be used.", exc_info=exc, extra={"action": "rest.storage_unavailable"})
        headers = {"Retry-After": RETRY_AFTER_SECONDS}
        return ProblemResponse(TYPES["unavailable"], "The storage cannot be used; try again later.", headers=headers)
    if isinstance(exc, OperationalError | InterfaceError):
        logger.error("The database does not answer.", exc_info=exc, extra={"action": "rest.database_unavailable"})
        headers = {"Retry-After": RETRY_AFTER_SECONDS}
        return ProblemResponse(TYPES["unavailable"], "The database does not answer; try again soon.", headers=headers)
    return None
