"""The one way out to addresses that users give us. It imports no Django, so that the sandbox can use it too."""

from api_project.http.addresses import LOOPBACK, Network, is_public
from api_project.http.answers import Answer, Fetched
from api_project.http.client import check_url, fetch, post
from api_project.http.exceptions import (
    AddressRefused,
    BodyTooLarge,
    ConnectionFailed,
    DeadlineExceeded,
    OutboundError,
    UnexpectedAnswer,
    UrlRefused,
)
from api_project.http.policy import Policy
from api_project.http.urls import parse_url

__all__ = [
    "LOOPBACK",
    "AddressRefused",
    "Answer",
    "BodyTooLarge",
    "ConnectionFailed",
    "DeadlineExceeded",
    "Fetched",
    "Network",
    "OutboundError",
    "Policy",
    "UnexpectedAnswer",
    "UrlRefused",
    "check_url",
    "fetch",
    "is_public",
    "parse_url",
    "post",
]
