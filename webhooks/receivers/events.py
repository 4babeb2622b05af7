"""Storing what was received, once, and ending the work on it."""

from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from webhooks.models import ReceivedEvent


def event_store(
    *,
    provider: str,
    key: str,
    subject: UUID,
    number: int = 0,
    reference: str = "",
    kind: str = "",
    headers: dict[str, str],
    body: bytes,
    ignored: str = "",
) -> None:
    """Insert an event, or do nothing when it is there already: one statement, so repeats may race.

    Args:
        reference: the provider's id of what it is about.
        kind: what happened, in the provider's word.
        ignored: why nothing follows from it, where that is known already.
    """
    now = timezone.now()
    event = ReceivedEvent(
        provider=provider,
        key=key,
        subject=subject,
        number=number,
        reference=reference,
        kind=kind,
        headers=headers,
        # PostgreSQL refuses NUL in text.
        body=body.decode(errors="replace").replace("\0", "\ufffd"),
        # Even one that is ignored: the worker blanks it if what it is about has been erased.
        status=ReceivedEvent.Status.PENDING,
        detail=ignored,
        received_at=now,
        next_attempt_at=now,
    )
    _insert_once(event)


def _insert_once(event: ReceivedEvent) -> None:
    # Not bulk_create: it puts a transaction around the statement, which made the receiver a third slower on PostgreSQL.
    fields = ReceivedEvent._meta.concrete_fields
    values = [field.get_db_prep_save(getattr(event, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(_insert_statement(connection.vendor), values)


@cache
def _insert_statement(vendor: str) -> str:
    columns = [connection.ops.quote_name(str(field.column)) for field in ReceivedEvent._meta.concrete_fields]
    table = connection.ops.quote_name(ReceivedEvent._meta.db_table)
    places = ", ".join(["%s"] * len(columns))
    # Nothing in it comes from outside; PostgreSQL and SQLite say it alike.
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places}) ON CONFLICT DO NOTHING"  # noqa: S608


def event_outcome(ignored: str) -> dict[str, Any]:
    """Return the columns of an event that was acted on, or ignored for a reason."""
    status = ReceivedEvent.Status.IGNORED if ignored else ReceivedEvent.Status.APPLIED
    return {"status": status, "detail": ignored}
