"""The headers of a callback, signed by Standard Webhooks (https://www.standardwebhooks.com) with its own library."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from math import floor
from uuid import UUID

from standardwebhooks import Webhook

USER_AGENT = "speech-to-text-service"


def signed_headers(*, event_id: UUID, body: str, secrets: Sequence[str], at: datetime, attempt: int) -> dict[str, str]:
    """Return all headers of one attempt, made `at` that moment; `body` is what is sent, encoded in UTF-8.

    The signature covers id, time and body, and there is one of each secret: a receiver needs to know any of them.
    """
    # The library takes whatever zone a time has for UTC.
    at = at.astimezone(UTC)
    signatures = [_signer(secret).sign(str(event_id), at, body) for secret in secrets]
    return {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "webhook-id": str(event_id),
        "webhook-timestamp": str(floor(at.timestamp())),
        "webhook-signature": " ".join(signatures),
        "webhook-attempt": str(attempt),
    }


@lru_cache(maxsize=4096)
def _signer(secret: str) -> Webhook:
    return Webhook(secret)
