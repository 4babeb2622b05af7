"""The one way out to addresses that users give us. It imports no Django, so that the sandbox can use it too."""

from api_project.http.addresses import is_public
from api_project.http.client import Answer, Fetched, Policy, fetch, post
from api_project.http.exceptions import (
    AddressRefused,
    BodyTooLarge,
    ConnectionFailed,
    DeadlineExceeded,
    OutboundError,
    UnexpectedAnswer,
    UrlRefused,
)

__all__ = [
    "AddressRefused",
    "Answer",
    "BodyTooLarge",
    "ConnectionFailed",
    "DeadlineExceeded",
    "Fetched",
    "OutboundError",
    "Policy",
    "UnexpectedAnswer",
    "UrlRefused",
    "fetch",
    "is_public",
    "post",
]
