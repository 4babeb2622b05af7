"""Reading API keys."""

from hmac import compare_digest

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
