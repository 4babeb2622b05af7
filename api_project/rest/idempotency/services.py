"""Reserving keys, and what becomes of them. Time frees a key; only the token of its reservation finishes it."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from api_project.rest.idempotency.exceptions import IdempotencyInProgress
from api_project.rest.idempotency.models import IdempotencyKey


def key_reserve(*, user: User, key: str, now: datetime) -> tuple[IdempotencyKey, bool]:
    """Reserve a key, and return it with True; or what was made under it before, with False.

    Raises IdempotencyInProgress while another request holds it. Each statement is a transaction of its own, so that
    others see the reservation at once.
    """
    rows = IdempotencyKey.objects.filter(user=user, key=key)
    mine = {"token": uuid4(), "until": now + _lease(), "fingerprint": "", "resource_id": None}
    row = rows.first()
    if row is None:
        IdempotencyKey.objects.bulk_create([IdempotencyKey(user=user, key=key, **mine)], ignore_conflicts=True)
    elif row.until <= now:
        rows.filter(until__lte=now).update(**mine)
    row = rows.first()
    if row is None or (row.resource_id is None and row.token != mine["token"]):
        raise IdempotencyInProgress
    return row, row.resource_id is None


def key_renew(*, row: IdempotencyKey) -> None:
    """Hold a reservation for longer, also one that has run out. Raises IdempotencyInProgress when another has it."""
    _change(row, until=timezone.now() + _lease())


def key_finish(*, row: IdempotencyKey, fingerprint: str, resource_id: UUID) -> None:
    """Remember what was made under a reserved key. To be called in the transaction that makes it.

    Raises IdempotencyInProgress when the reservation has gone to another request meanwhile.
    """
    until = timezone.now() + settings.IDEMPOTENCY_KEYS_KEPT
    _change(row, until=until, fingerprint=fingerprint, resource_id=resource_id)


def key_release(*, row: IdempotencyKey) -> None:
    """Free a reserved key at once; one that made something, or has gone to another request, stays."""
    IdempotencyKey.objects.filter(pk=row.pk, token=row.token, resource_id=None).delete()


def keys_forget(*, now: datetime | None = None) -> None:
    """Remove what counts no more. A lapsed reservation stays a day: a client that was silent may still come back."""
    now = now or timezone.now()
    IdempotencyKey.objects.filter(until__lte=now).exclude(resource_id=None, until__gt=now - timedelta(days=1)).delete()


def _change(row: IdempotencyKey, **changes: object) -> None:
    if not IdempotencyKey.objects.filter(pk=row.pk, token=row.token, resource_id=None).update(**changes):
        raise IdempotencyInProgress


def _lease() -> timedelta:
    return timedelta(seconds=settings.LEASE_SECONDS)
