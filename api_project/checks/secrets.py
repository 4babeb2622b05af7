"""Secrets: none can be guessed, and none stands for two things."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from api_project.sealing import is_key

MIN_SECRET_LENGTH = 32


def check_secrets(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that no secret can be guessed."""
    messages: list[CheckMessage] = []
    hint = "Unset it to have one made and kept in the data folder."
    if len(settings.SECRET_KEY) < MIN_SECRET_LENGTH:
        messages.append(
            Error(f"SECRET_KEY is shorter than {MIN_SECRET_LENGTH} characters.", hint=hint, id="project.E004")
        )
    if not settings.WEBHOOK_SECRETS:
        messages.append(
            Error("There are no WEBHOOK_SECRETS: no callback could be verified.", hint=hint, id="project.E005")
        )
    if any(len(secret) < MIN_SECRET_LENGTH for secret in settings.WEBHOOK_SECRETS):
        message = f"One of WEBHOOK_SECRETS is shorter than {MIN_SECRET_LENGTH} characters."
        messages.append(Error(message, hint=hint, id="project.E006"))
    if settings.SECRET_KEY in settings.WEBHOOK_SECRETS:
        message = "SECRET_KEY is one of WEBHOOK_SECRETS: rotating one would break the other."
        messages.append(Error(message, hint=hint, id="project.E007"))
    return messages


def check_encryption_keys(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that what is sealed can be sealed, and unsealed when other secrets change."""
    messages: list[CheckMessage] = []
    hint = "Unset it to have one made and kept in the data folder; .env.example says how to make one."
    if not settings.ENCRYPTION_KEYS:
        messages.append(Error("There are no ENCRYPTION_KEYS: no secret could be stored.", hint=hint, id="project.E014"))
    # By its place, never by what it is.
    for place, key in enumerate(settings.ENCRYPTION_KEYS, start=1):
        if not is_key(key):
            message = f"Number {place} of ENCRYPTION_KEYS is not 32 bytes in URL-safe base64, 44 characters in all."
            messages.append(Error(message, hint=hint, id="project.E015"))
    if not {settings.SECRET_KEY, *settings.WEBHOOK_SECRETS}.isdisjoint(settings.ENCRYPTION_KEYS):
        message = "One of ENCRYPTION_KEYS is SECRET_KEY or one of WEBHOOK_SECRETS: changing one would break the other."
        messages.append(Error(message, hint=hint, id="project.E016"))
    return messages
