"""Secrets that must be told to others again, and so cannot be hashed: encrypted under `ENCRYPTION_KEYS`.

The first key seals and all unseal, so that keys can be changed. A sealed text names no key: all are tried.
"""

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

# Unsealing costs more than the signature that is made with what comes of it.
KEPT_IN_MEMORY = 4096
# Sealed under another key, or damaged.
UNREADABLE = (InvalidToken, ValueError)


class Unsealable(Exception):
    """ENCRYPTION_KEYS lacks the key of something sealed; give that key too, behind the first, parted by a comma."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.__doc__)


def new_key() -> str:
    """Return a key for `ENCRYPTION_KEYS`: 32 random bytes in URL-safe base64."""
    return Fernet.generate_key().decode()


def is_key(text: str) -> bool:
    """Tell whether `ENCRYPTION_KEYS` may have this."""
    try:
        Fernet(text)
    except ValueError:
        return False
    return True


def seal(text: str) -> str:
    """Encrypt a text under the first key; what comes of it is ASCII without white space."""
    return _fernets(tuple(settings.ENCRYPTION_KEYS)).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Return what was sealed under any of the keys. Raises Unsealable."""
    return _unseal(tuple(settings.ENCRYPTION_KEYS), sealed)


def reseal(sealed: str) -> str:
    """Return the same text sealed under the first key. Raises Unsealable."""
    try:
        return _fernets(tuple(settings.ENCRYPTION_KEYS)).rotate(sealed).decode()
    except UNREADABLE as exc:
        raise Unsealable from exc


@lru_cache(maxsize=KEPT_IN_MEMORY)
def _unseal(keys: tuple[str, ...], sealed: str) -> str:
    try:
        return _fernets(keys).decrypt(sealed).decode()
    except UNREADABLE as exc:
        raise Unsealable from exc


@lru_cache(maxsize=4)
def _fernets(keys: tuple[str, ...]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as exc:
        # A check says so at the start; whoever goes on regardless shall lose nothing by it.
        raise Unsealable("There is no key in ENCRYPTION_KEYS, or one that is none; see `manage.py check`.") from exc
