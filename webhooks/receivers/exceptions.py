"""Why a callback is turned away. Django logs and answers a `SuspiciousOperation` with 400 wherever it is not caught."""

from django.core.exceptions import SuspiciousOperation


class CallbackForged(SuspiciousOperation):
    """The callback does not carry the secret or signature of its address."""


class CallbackTooLarge(SuspiciousOperation):
    """The callback's body is longer than MAX_WEBHOOK_BYTES."""


class CallbackWithoutLength(SuspiciousOperation):
    """The callback does not say how long its body is, and WSGI hands such a body over as an empty one."""


class CallbackTruncated(SuspiciousOperation):
    """The callback's body ended before its declared length."""
