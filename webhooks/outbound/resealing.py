"""Sealing every stored secret anew under the first of `ENCRYPTION_KEYS`, so that the others can be left out."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from api_project.sealing import Unsealable, reseal
from webhooks.models import SigningSecret
from webhooks.outbound.secrets import previous_secrets


def secrets_reseal(*, now: datetime) -> Iterator[tuple[SigningSecret, str]]:
    """Seal each secret anew, and yield it with what was wrong, or with nothing. The service may run meanwhile."""
    for pk in list(SigningSecret.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = SigningSecret.objects.select_for_update(no_key=True).filter(pk=pk).first()
            if row is None:
                continue
            try:
                _reseal(row, now)
                fault = ""
            except Unsealable as exc:
                fault = str(exc)
        yield row, fault


def _reseal(row: SigningSecret, now: datetime) -> None:
    row.sealed = reseal(row.sealed)
    if row.previous_until and row.previous_until <= now:
        row.previous_sealed, row.previous_until = "", None
    row.previous_sealed = " ".join(map(reseal, previous_secrets(row)))
    row.save(update_fields=["sealed", "previous_sealed", "previous_until"])
