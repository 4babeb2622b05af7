"""Reading API keys."""

from hmac import compare_digest

from api_project.rest.models import ApiKey
from api_project.rest.services import api_key_hash


def api_key_find(*, key: str) -> ApiKey | None:
    """Return the stored key, with its user, that this text hashes to; expired and revoked ones too."""
    digest = api_key_hash(key)
    found = ApiKey.objects.select_related("user").filter(key_hash=digest).first()
    # The index compares hashes, of which a guesser controls nothing; this makes it independent of the collation too.
    if found is None or not compare_digest(found.key_hash, digest):
        return None
    return found
