"""Storing what was received, once, and ending the work on it."""

from typing import Any
from uuid import UUID

from django.utils import timezone

from webhooks.models import ReceivedEvent


def event_store(
    *,
    provider: str,
    key: str,
    subject: UUID,
    number: int = 0,
    reference: str = "",
    headers: dict[str, str],
    body: bytes,
    ignored: str = "",
) -> None:
    """Insert an event, or do nothing when it is there already: one statement, so repeats may race.

    Args:
        reference: the provider's id of what it is about.
        ignored: why nobody will act on it; kept for the operator to see, and no work.
    """
    now = timezone.now()
    event = ReceivedEvent(
        provider=provider,
        key=key,
        subject=subject,
        number=number,
        reference=reference,
        headers=headers,
        # PostgreSQL refuses NUL in text.
        body=body.decode(errors="replace").replace("\0", "\ufffd"),
        status=ReceivedEvent.Status.IGNORED if ignored else ReceivedEvent.Status.PENDING,
        detail=ignored,
        received_at=now,
        next_attempt_at=None if ignored else now,
    )
    ReceivedEvent.objects.bulk_create([event], ignore_conflicts=True)


def event_outcome(ignored: str) -> dict[str, Any]:
    """Return the columns of an event that was acted on, or ignored for a reason."""
    status = ReceivedEvent.Status.IGNORED if ignored else ReceivedEvent.Status.APPLIED
    return {"status": status, "detail": ignored}
