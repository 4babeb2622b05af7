"""How requests that were refused stand in the log: one line for each, and an error only where the fault is ours."""

import logging
from typing import Any

from django.http import HttpRequest

from api_project.rest.problems import type_of_status

API_PREFIX = "/api/"
CODE = "problem_code"
IS_BUSY = "is_refused_as_busy"


def note_refusal(request: Any, code: str, *, is_busy: bool) -> None:
    """Remember for the log why a request is refused; `is_busy` is for places that all are taken by clients."""
    # The request of REST framework stands around Django's own, which is the one that the log is given.
    request = getattr(request, "_request", request)
    setattr(request, CODE, code)
    setattr(request, IS_BUSY, is_busy)


class RefusalFilter(logging.Filter):
    """For Django's lines about answers that are errors: tell the method and the problem, and how grave it is.

    What clients bring about, by what they ask for or by asking too much at once, is INFO and without a traceback,
    however many do; what is broken here stays an ERROR. `level` is the lowest that is logged.
    """

    def __init__(self, level: str = "INFO") -> None:
        super().__init__()
        self._level = logging.getLevelNamesMapping()[level]

    def filter(self, record: logging.LogRecord) -> bool:
        request, status = getattr(record, "request", None), getattr(record, "status_code", None)
        if not isinstance(request, HttpRequest) or status is None:
            return True
        record.method = request.method
        record.problem = _code(request, status)
        if status < 500 or getattr(request, IS_BUSY, False):
            record.levelno, record.levelname = logging.INFO, logging.getLevelName(logging.INFO)
            record.exc_info = record.exc_text = None
        return record.levelno >= self._level


def _code(request: HttpRequest, status: int) -> str | None:
    """Return the problem's code; an error that arose outside of the API's views is the plainest of its status."""
    if code := getattr(request, CODE, None):
        return str(code)
    return type_of_status(status).code if request.path_info.startswith(API_PREFIX) else None
