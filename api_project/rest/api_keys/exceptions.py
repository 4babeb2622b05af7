"""Errors of API keys."""


class ApiKeyError(Exception):
    """Something cannot be done with an API key."""


class TooManyKeys(ApiKeyError):
    """The user has as many active API keys as anybody may have."""
