"""Probes for whoever runs the service: `/healthz/live` (this process) and `/healthz/ready` (database and storage).

Neither looks at provider credentials or at the backlog, which are the same for every node: taking nodes out would mend
nothing.
"""

import logging
import tempfile
from collections.abc import Callable

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

LIVE_PATH = "/healthz/live"
READY_PATH = "/healthz/ready"
# A page of bytes, since an empty file can still be made on a full disk.
PROBE_BYTES = b"\0" * 4096

logger = logging.getLogger(__name__)


class HealthMiddleware:
    """Answer the probes before any other middleware: a prober names a node by an address that no setting lists."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in (LIVE_PATH, READY_PATH):
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if request.path_info == LIVE_PATH:
            return _answer({"process": True})
        return _answer({"database": _database_answers(), "storage": _storage_is_writable()})


def _answer(parts: dict[str, bool]) -> HttpResponse:
    body = {name: "ok" if is_well else "failed" for name, is_well in parts.items()}
    response = JsonResponse(body, status=200 if all(parts.values()) else 503)
    response["Cache-Control"] = "no-store"
    return response


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            # A table, not a bare `SELECT 1`, which SQLite answers without looking at its file.
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
            return cursor.fetchone() is not None
    except DatabaseError:
        logger.warning("The database does not answer.", extra={"action": "health.database_failed"}, exc_info=True)
        return False


def _storage_is_writable() -> bool:
    try:
        # An upload is written to the one and moved to the other.
        for folder in (settings.FILE_UPLOAD_TEMP_DIR, settings.AUDIO_DIR):
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(PROBE_BYTES)
                file.flush()
        return True
    except OSError:
        logger.warning("The storage cannot be written.", extra={"action": "health.storage_failed"}, exc_info=True)
        return False
