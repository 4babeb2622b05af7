"""Errors of API keys."""

from datetime import datetime


class ApiKeyError(Exception):
    """Something cannot be done with an API key."""


class AlreadyExpired(ApiKeyError):
    """The end that a key is to have is past."""


class TooManyKeys(ApiKeyError):
    """The user has as many active API keys as anybody may have."""


class TooManyKeysMade(ApiKeyError):
    """The user has made as many API keys of late as anybody may make."""

    def __init__(self, message: str, *, again_at: datetime) -> None:
        self.again_at = again_at
        super().__init__(message)
