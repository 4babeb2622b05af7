"""Reading a callback's body without letting a stranger fill our memory."""

from django.conf import settings
from django.http import HttpRequest

from webhooks.receivers.exceptions import CallbackTooLarge


def read_body(request: HttpRequest) -> bytes:
    """Return the body. Raises `CallbackTooLarge` before a byte of too long a body is read."""
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if not declared.isdecimal() or int(declared) > settings.MAX_WEBHOOK_BYTES:
        raise CallbackTooLarge
    return request.read(int(declared))
