"""Making, using, renaming and revoking API keys."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from api_project.rest.api_keys.exceptions import AlreadyExpired, TooManyKeys, TooManyKeysMade
from api_project.rest.models import ApiKey
from api_project.rest.services import user_require_active

# Lets people and secret scanners tell what a stray string is.
KEY_MARK = "stt_"
KEY_BYTES = 32
SHOWN_CHARACTERS = 12
# A write per request would take SQLite's one write lock on every read.
LAST_USE_RESOLUTION = timedelta(minutes=1)
# More than anybody can tell apart; without a limit a program that goes round in a circle would never be noticed.
MAX_ACTIVE_KEYS = 100
# Each key is a row and has requests of its own, so how many are made must not depend on the key that makes them.
MAX_MADE = 50
MADE_WITHIN = timedelta(days=1)
# For this long it is told what became of a key.
ENDED_KEPT = timedelta(days=365)
FORGOTTEN_AT_ONCE = 1_000


def api_key_hash(key: str) -> str:
    """Return the hash a key is stored under. The key has 256 random bits, so a fast hash without salt is enough."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


@transaction.atomic
def api_key_create(
    *,
    user: AbstractBaseUser,
    name: str,
    scope: str,
    expires_in: timedelta | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Make a key for a user and return its row and the key itself, which is not shown again.

    Raises ValueError for an unknown scope, AlreadyExpired, TooManyKeys, TooManyKeysMade and AccountClosed.
    """
    now = timezone.now()
    if expires_in is not None:
        expires_at = now + expires_in
    if scope not in ApiKey.Scope.values:
        raise ValueError(f"scope is {scope!r}; allowed are {', '.join(ApiKey.Scope.values)}.")
    if expires_at is not None and expires_at <= now:
        raise AlreadyExpired("A key must expire later than now.")
    # One at a time, else two requests count to 99 together.
    user_require_active(user_id=user.pk)
    _require_room(user.pk, now)
    key = KEY_MARK + secrets.token_urlsafe(KEY_BYTES)
    row = ApiKey.objects.create(
        user_id=user.pk,
        name=name,
        prefix=key[:SHOWN_CHARACTERS],
        key_hash=api_key_hash(key),
        scope=scope,
        created_at=now,
        expires_at=expires_at,
    )
    return row, key


def _require_room(user_id: int, now: datetime) -> None:
    mine = ApiKey.objects.filter(user=user_id)
    # In this order there is an index of those that are not revoked.
    active = mine.filter(ApiKey.usable(now)).order_by("-id").values_list("pk", flat=True)
    if active[MAX_ACTIVE_KEYS - 1 : MAX_ACTIVE_KEYS].first():
        raise TooManyKeys(f"There are {MAX_ACTIVE_KEYS} active API keys already; revoke one first.")
    # Whatever became of them: revoking one is no way to another.
    made = mine.filter(created_at__gt=now - MADE_WITHIN).order_by("-created_at").values_list("created_at", flat=True)
    if oldest := made[MAX_MADE - 1 : MAX_MADE].first():
        raise TooManyKeysMade(f"{MAX_MADE} API keys were made within a day; wait.", again_at=oldest + MADE_WITHIN)


def api_key_note_use(*, api_key: ApiKey, now: datetime) -> None:
    """Remember that a key was used, at most once a minute, whatever the number of processes."""
    stale = now - LAST_USE_RESOLUTION
    if api_key.last_used_at is not None and api_key.last_used_at > stale:
        return
    unnoted = Q(last_used_at__isnull=True) | Q(last_used_at__lte=stale)
    ApiKey.objects.filter(unnoted, pk=api_key.pk).update(last_used_at=now)


def api_key_rename(*, api_key: ApiKey, name: str) -> ApiKey:
    """Give a key another name."""
    ApiKey.objects.filter(pk=api_key.pk).update(name=name)
    api_key.name = name
    return api_key


def api_key_revoke(*, api_key: ApiKey) -> ApiKey:
    """Make a key useless from now on; revoking it again changes nothing."""
    ApiKey.objects.filter(pk=api_key.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())
    api_key.refresh_from_db()
    return api_key


def api_keys_forget(*, now: datetime | None = None) -> None:
    """Remove the keys that were revoked, or else expired, more than a year ago."""
    ended = Coalesce("revoked_at", "expires_at")
    long_ago = ApiKey.objects.alias(ended=ended).filter(ended__lte=(now or timezone.now()) - ENDED_KEPT)
    while some := list(long_ago.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]):
        ApiKey.objects.filter(pk__in=some).delete()
