"""Reading a callback's body without letting a stranger fill our memory."""

from django.conf import settings
from django.http import HttpRequest

from webhooks.receivers.exceptions import CallbackTooLarge, CallbackTruncated, CallbackWithoutLength


def read_body(request: HttpRequest) -> bytes:
    """Return the body, as long as it says. Call it after the secret was checked: a stranger may send it very slowly.

    Raises `CallbackWithoutLength`, `CallbackTooLarge` (before a byte is read) or `CallbackTruncated`.
    """
    declared = request.META.get("CONTENT_LENGTH") or ""
    if not declared.isdecimal():
        raise CallbackWithoutLength
    length = int(declared)
    if length > settings.MAX_WEBHOOK_BYTES:
        raise CallbackTooLarge
    body = request.read(length)
    if len(body) < length:
        raise CallbackTruncated
    return body
