"""The secret that AssemblyAI sends back to us: an HMAC of one submission, so that a leaked one opens nothing else."""

import hmac
from hashlib import sha256
from uuid import UUID

from django.conf import settings

HEADER_NAME = "X-Webhook-Secret"


def webhook_secret(transcript_id: UUID, number: int) -> str:
    """Return the secret for submission `number` of a transcript, made with the first of `WEBHOOK_SECRETS`."""
    return _secret(settings.WEBHOOK_SECRETS[0], transcript_id, number)


def webhook_secret_matches(given: str, transcript_id: UUID, number: int) -> bool:
    """Tell whether `given` is that submission's secret under any of `WEBHOOK_SECRETS`, in constant time for each."""
    # Bytes, because compare_digest refuses a str that is not ASCII, and a header may hold anything.
    candidate = given.encode(errors="surrogateescape")
    matches = [
        hmac.compare_digest(candidate, _secret(key, transcript_id, number).encode()) for key in settings.WEBHOOK_SECRETS
    ]
    return any(matches)


def _secret(key: str, transcript_id: UUID, number: int) -> str:
    return hmac.new(key.encode(), f"assemblyai:{transcript_id}:{number}".encode(), sha256).hexdigest()
