"""`fetch` and `post`: bounded requests to addresses that users gave, never to our own network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import BinaryIO
from urllib.parse import urlsplit

import requests
import urllib3.exceptions
from requests_hardened import Config, HTTPSession

from api_project.http.addresses import is_allowed
from api_project.http.connection import Deadline, GuardedAdapter
from api_project.http.exceptions import (
    AddressRefused,
    BodyTooLarge,
    ConnectionFailed,
    DeadlineExceeded,
    OutboundError,
    UnexpectedAnswer,
    UrlRefused,
)

CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What one kind of request may do; times in seconds, `total_timeout` over everything from the name on."""

    connect_timeout: float = 5.0
    read_timeout: float = 10.0
    total_timeout: float = 15.0
    max_bytes: int = 64 * 1024
    allow_loopback: bool = False
    schemes: frozenset[str] = frozenset({"https", "http"})
    user_agent: str = "speech-to-text-service"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to `post`: the first `max_bytes` of its body, and whether there was more."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """What `fetch` wrote."""

    status: int
    size: int
    headers: Mapping[str, str] = field(default_factory=dict)


def post(url: str, *, body: bytes, headers: Mapping[str, str], policy: Policy) -> Answer:
    """Post bytes and return the answer, whatever its status; redirects are not followed.

    Raises an OutboundError when there is no answer; its `permanent` tells whether trying again is of no use.
    """
    with _request("POST", url, policy, headers, body) as (response, deadline):
        received = bytearray()
        for chunk in _chunks(response, deadline):
            received += chunk
            if len(received) > policy.max_bytes:
                break
        truncated = len(received) > policy.max_bytes
        return Answer(response.status_code, dict(response.headers), bytes(received[: policy.max_bytes]), truncated)


def fetch(url: str, *, into: BinaryIO, policy: Policy, headers: Mapping[str, str] | None = None) -> Fetched:
    """Write the body of a 200 answer to `into`, at most `max_bytes` of it.

    Raises an OutboundError; UnexpectedAnswer (with its status) for any other answer, redirects included.
    """
    with _request("GET", url, policy, headers or {}, None) as (response, deadline):
        if response.status_code != 200:
            raise UnexpectedAnswer(f"The answer was {response.status_code}.", status=response.status_code)
        # We asked for identity: a compressed body could unfold to any size.
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise UnexpectedAnswer("The answer is compressed.", status=response.status_code)
        if int(response.headers.get("Content-Length") or 0) > policy.max_bytes:
            raise BodyTooLarge
        size = 0
        for chunk in _chunks(response, deadline):
            size += len(chunk)
            if size > policy.max_bytes:
                raise BodyTooLarge
            into.write(chunk)
        return Fetched(response.status_code, size, dict(response.headers))


@contextmanager
def _request(
    method: str, url: str, policy: Policy, headers: Mapping[str, str], body: bytes | None
) -> Iterator[tuple[requests.Response, Deadline]]:
    _check_url(url, policy)
    with Deadline(policy.total_timeout) as deadline, _session(policy, deadline) as session:
        try:
            response = session.request(
                method,
                url,
                data=body,
                headers={"User-Agent": policy.user_agent, "Accept-Encoding": "identity", **headers},
                timeout=(min(policy.connect_timeout, policy.total_timeout), policy.read_timeout),
                stream=True,
                allow_redirects=False,
            )
            with response:
                yield response, deadline
        except OutboundError:
            raise
        except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError) as exc:
            raise _translate(exc, deadline) from exc


def _check_url(url: str, policy: Policy) -> None:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as exc:
        raise UrlRefused("The URL is malformed.") from exc
    if parts.scheme.lower() not in policy.schemes:
        raise UrlRefused(f"The scheme must be one of {', '.join(sorted(policy.schemes))}.")
    if not host:
        raise UrlRefused("The URL names no host.")
    if "@" in parts.netloc:
        raise UrlRefused("A URL with user info is not allowed.")
    if _is_literal(host) and not is_allowed(host, allow_loopback=policy.allow_loopback):
        raise AddressRefused


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _session(policy: Policy, deadline: Deadline) -> HTTPSession:
    config = Config(
        ip_filter_enable=True,
        ip_filter_allow_loopback_ips=policy.allow_loopback,
        never_redirect=True,
        default_timeout=(policy.connect_timeout, policy.read_timeout),
    )
    session = HTTPSession(config)
    # A proxy from the environment would connect on our behalf, past the check of the address.
    session.trust_env = False
    for scheme in ("http", "https"):
        session.mount(
            f"{scheme}://",
            GuardedAdapter(is_https=scheme == "https", allow_loopback=policy.allow_loopback, deadline=deadline),
        )
    return session


def _chunks(response: requests.Response, deadline: Deadline) -> Iterator[bytes]:
    while chunk := response.raw.read1(CHUNK, decode_content=False):
        deadline.check()
        yield chunk
    # A socket that the deadline shut looks like the end of the body.
    deadline.check()


def _translate(exc: Exception, deadline: Deadline) -> OutboundError:
    """Name what happened in words of our own: those of the libraries quote the URL, which may hold a secret."""
    if deadline.expired or isinstance(exc, requests.Timeout | urllib3.exceptions.TimeoutError):
        return DeadlineExceeded()
    if isinstance(exc, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return UrlRefused("The URL is malformed.")
    if isinstance(exc, requests.exceptions.SSLError):
        return ConnectionFailed("The TLS connection failed.")
    if isinstance(exc, ValueError) and not isinstance(exc, requests.RequestException):
        return UnexpectedAnswer("The answer is malformed.")
    return ConnectionFailed("The connection failed.")
