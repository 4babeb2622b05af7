"""Reading API keys."""

from datetime import datetime
from hmac import compare_digest
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import QuerySet

from api_project.rest.api_keys.services import SHOWN_CHARACTERS, api_key_hash
from api_project.rest.models import ApiKey


def api_key_find(*, key: str) -> ApiKey | None:
    """Return the stored key, with its user, that this text hashes to; expired and revoked ones too."""
    digest = api_key_hash(key)
    found = ApiKey.objects.select_related("user").filter(key_hash=digest).first()
    # The index compares hashes, of which a guesser controls nothing; this makes it independent of the collation too.
    if found is None or not compare_digest(found.key_hash, digest):
        return None
    return found


def own_api_keys(*, user: User, state: str | None = None, now: datetime) -> QuerySet[ApiKey]:
    """Return a user's keys, all or those in one state, newest first; ids are UUIDv7, so they sort by time."""
    keys = ApiKey.objects.filter(user=user).order_by("-id")
    if state == ApiKey.State.REVOKED:
        return keys.exclude(revoked_at=None)
    if state == ApiKey.State.EXPIRED:
        return keys.filter(revoked_at=None, expires_at__lte=now)
    return keys.filter(ApiKey.usable(now)) if state else keys


def own_api_key(*, user: User, key_id: UUID) -> ApiKey:
    """Return one of the user's keys. Raises `ApiKey.DoesNotExist` for anybody else's."""
    return ApiKey.objects.get(user=user, pk=key_id)


def api_key_list(*, username: str | None = None) -> list[ApiKey]:
    """Return all keys with their users, or those of one user, the oldest first."""
    keys = ApiKey.objects.select_related("user").order_by("pk")
    return list(keys.filter(user__username=username) if username else keys)


def api_keys_of_prefix(*, text: str) -> list[ApiKey]:
    """Return the keys of which this is the stored beginning; for a longer text the one key that it is."""
    if len(text) > SHOWN_CHARACTERS:
        found = api_key_find(key=text)
        return [found] if found else []
    return list(ApiKey.objects.select_related("user").filter(prefix=text))
