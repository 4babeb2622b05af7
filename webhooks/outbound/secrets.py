"""The secrets that sign callbacks: an endpoint's own, and a user's default one for `webhook_url`s.

Sealed in the database, told in plain only when they are made. A secret that was rotated out goes on signing beside its
successors for `GRACE`, so that a receiver may change over at any moment of it.
"""

import base64
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from api_project.sealing import Unsealable, seal, unseal
from api_project.work.exceptions import OperatorNeeded
from webhooks.models import Endpoint, SigningSecret

# As Standard Webhooks has it; 24 bytes need no padding in base64.
PREFIX = "whsec_"
SECRET_BYTES = 24
GRACE = timedelta(hours=24)
# Who rotates again within the grace may have lost the answer, or missed the new secret: receivers still have an older
# one. One signature more harms nobody, one too few stops everything. There is an end, since each one costs.
MOST_PREVIOUS = 4


def new_secret() -> str:
    """Return a new secret as receivers are given it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signing_secrets(endpoint: Endpoint, *, now: datetime) -> list[str]:
    """Return what signs callbacks to an endpoint: the current secret, then those that are still in their grace.

    A `signing_secret` that was read with the endpoint is used as it is. A user's default secret is made when first
    needed. Raises OperatorNeeded when one cannot be unsealed, so that what it should sign waits and is not lost.
    """
    row = _row_for(endpoint, now)
    try:
        return [unseal(sealed) for sealed in (row.sealed, *_in_grace(row, now))]
    except Unsealable as exc:
        problem = f"The signing secret {row} cannot be read. {exc} Where that key is lost, the secret must be rotated."
        raise OperatorNeeded(problem, waits_for="encryption_keys") from exc


def secret_make(*, owner: User, endpoint: Endpoint | None, now: datetime) -> str:
    """Make the secret of an endpoint, or without one a user's default, and return it. One that is there stays.

    Raises Unsealable when there is one that cannot be read.
    """
    return unseal(_make_row(owner.pk, endpoint, now).sealed)


@transaction.atomic
def secret_rotate(*, owner: User, endpoint: Endpoint | None, now: datetime) -> str:
    """Replace a secret and return the new one; those before it sign beside it for `GRACE`, all of them from now.

    One that cannot be unsealed is dropped: nothing could be signed while it was kept.
    """
    row = _rows(owner.pk, endpoint).select_for_update(no_key=True).first()
    if row is None:
        return secret_make(owner=owner, endpoint=endpoint, now=now)
    secret = new_secret()
    previous = [sealed for sealed in (row.sealed, *_in_grace(row, now)) if _is_readable(sealed)][:MOST_PREVIOUS]
    row.sealed, row.rotated_at = seal(secret), now
    row.previous_sealed, row.previous_until = " ".join(previous), now + GRACE if previous else None
    row.save(update_fields=["sealed", "rotated_at", "previous_sealed", "previous_until"])
    return secret


def previous_secrets(row: SigningSecret) -> list[str]:
    """Return the secrets before the current one, sealed, the latest first, whether they still sign or not."""
    return row.previous_sealed.split()


def _in_grace(row: SigningSecret, now: datetime) -> list[str]:
    return previous_secrets(row) if row.previous_until and now < row.previous_until else []


def _row_for(endpoint: Endpoint, now: datetime) -> SigningSecret:
    if endpoint.kind == Endpoint.Kind.ORIGIN:
        return _rows(endpoint.owner_id, None).first() or _make_row(endpoint.owner_id, None, now)
    try:
        return endpoint.signing_secret
    except SigningSecret.DoesNotExist as exc:
        # Made with the endpoint. Another one, that no receiver knows, would have every callback refused.
        raise OperatorNeeded(f"The endpoint {endpoint} has no signing secret; rotating makes one.") from exc


def _rows(owner_id: int, endpoint: Endpoint | None) -> QuerySet[SigningSecret]:
    return SigningSecret.objects.filter(owner_id=owner_id, endpoint=endpoint)


def _make_row(owner_id: int, endpoint: Endpoint | None, now: datetime) -> SigningSecret:
    """Return the row; of several that make it at once the first wins, and all get what that one made."""
    # By its id: else the endpoint would keep this one, which may not be the one that is kept.
    endpoint_id = endpoint.pk if endpoint else None
    row = SigningSecret(owner_id=owner_id, endpoint_id=endpoint_id, sealed=seal(new_secret()), created_at=now)
    SigningSecret.objects.bulk_create([row], ignore_conflicts=True)
    return _rows(owner_id, endpoint).get()


def _is_readable(sealed: str) -> bool:
    try:
        unseal(sealed)
    except Unsealable:
        return False
    return True
