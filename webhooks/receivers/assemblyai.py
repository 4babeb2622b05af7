"""AssemblyAI's callbacks: the end of a job, and the redacted audio being ready.

Any 4xx ends its tries for good, and a 2xx within 10 s is wanted, so nothing but one INSERT happens here. The secret is
checked before the body is read.
https://www.assemblyai.com/docs/deployment/webhooks
"""

import json
import logging
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.db import Error as DatabaseFailure
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from transcripts.webhook_secrets import HEADER_NAME, webhook_secret_matches
from webhooks.receivers.body import read_body
from webhooks.receivers.events import event_store
from webhooks.receivers.exceptions import (
    CallbackForged,
    CallbackTooLarge,
    CallbackTruncated,
    CallbackWithoutLength,
)

logger = logging.getLogger(__name__)

PROVIDER = "assemblyai"
KEPT_HEADERS = ("Content-Type", "User-Agent")
REDACTED_AUDIO = "redacted_audio_ready"
ENDED = ("completed", "error")
LONGEST_ID = 100
STATUS_OF: dict[type[SuspiciousOperation], int] = {
    CallbackForged: 403,
    CallbackTooLarge: 413,
    CallbackWithoutLength: 411,
    CallbackTruncated: 400,
}


@method_decorator(csrf_exempt, name="dispatch")
class AssemblyAIWebhookView(View):
    """Receives what AssemblyAI says about one submission of one transcript."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, transcript_id: UUID, number: int) -> HttpResponse:
        try:
            if not webhook_secret_matches(request.headers.get(HEADER_NAME, ""), transcript_id, number):
                raise CallbackForged
            self._store(request, transcript_id, number, read_body(request))
        except SuspiciousOperation as exc:
            extra = {"action": "webhook.refused"}
            logger.warning("A callback for %s is refused: %s", transcript_id, type(exc).__name__, extra=extra)
            return HttpResponse(status=STATUS_OF[type(exc)])
        except DatabaseFailure:
            # The one case in which AssemblyAI shall come again.
            extra = {"action": "webhook.not_stored"}
            logger.exception("A callback for %s could not be stored.", transcript_id, extra=extra)
            return HttpResponse(status=503)
        return HttpResponse(status=204)

    def _store(self, request: HttpRequest, transcript_id: UUID, number: int, body: bytes) -> None:
        provider_id, status, ignored = _read(body)
        event_store(
            provider=PROVIDER,
            key=f"{transcript_id}/{number}/{provider_id or sha256(body).hexdigest()}/{status}",
            subject=transcript_id,
            number=number,
            reference=provider_id,
            kind=status,
            headers={name: request.headers[name][:200] for name in KEPT_HEADERS if name in request.headers},
            body=body,
            ignored=ignored,
        )


def _read(body: bytes) -> tuple[str, str, str]:
    """Return the job's id, the status, and why nothing follows from it ("" when something does)."""
    try:
        document: Any = json.loads(body)
    except (ValueError, RecursionError):
        return "", "unreadable", "the body is not JSON"
    if not isinstance(document, dict):
        return "", "unreadable", "the body is not a JSON object"
    provider_id, status = document.get("transcript_id"), document.get("status")
    if status == REDACTED_AUDIO:
        # It names no job, and its link is never followed; the address says whose it is.
        return "", REDACTED_AUDIO, ""
    if status not in ENDED:
        return "", "unknown", "the status is unknown"
    if not isinstance(provider_id, str) or not provider_id.isprintable() or not 0 < len(provider_id) <= LONGEST_ID:
        return "", status, "there is no transcript_id"
    return provider_id, status, ""
