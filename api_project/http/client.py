"""`fetch` and `post`: bounded requests to addresses that users gave, never to our own network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import BinaryIO

from requests import PreparedRequest, Response

from api_project.http.adapter import GuardedAdapter
from api_project.http.answers import Answer, Fetched, in_our_words
from api_project.http.connection import Deadline
from api_project.http.exceptions import (
    BodyTooLarge,
    ConnectionFailed,
    DeadlineExceeded,
    OutboundError,
    UnexpectedAnswer,
)
from api_project.http.policy import Policy
from api_project.http.resolving import resolve
from api_project.http.urls import Target, parse_url

CHUNK = 64 * 1024
# What says where a message ends and whom it is for is never the caller's to say.
NOT_GIVEN = frozenset({"host", "connection", "content-length", "transfer-encoding"})


def post(url: str, *, body: bytes, headers: Mapping[str, str], policy: Policy) -> Answer:
    """Post bytes and return the answer, whatever its status; redirects are not followed.

    Raises an OutboundError when there is no answer; its `permanent` tells whether trying again is of no use.
    """
    with _request("POST", url, policy, headers, body) as response:
        received = bytearray()
        for chunk in _chunks(response):
            received += chunk
            if len(received) > policy.max_bytes:
                break
        is_cut = len(received) > policy.max_bytes
        return Answer(response.status_code, response.headers, bytes(received[: policy.max_bytes]), is_cut)


def fetch(url: str, *, into: BinaryIO, policy: Policy, headers: Mapping[str, str] | None = None) -> Fetched:
    """Write the body of a 200 answer to `into`, at most `max_bytes` of it.

    Raises an OutboundError; UnexpectedAnswer (with its status) for any other answer, redirects included.
    """
    with _request("GET", url, policy, headers or {}, None) as response:
        _check_fetched(response, policy)
        size = 0
        for chunk in _chunks(response):
            size += len(chunk)
            if size > policy.max_bytes:
                raise BodyTooLarge
            into.write(chunk)
        return Fetched(response.status_code, size, response.headers)


def check_url(url: str, *, policy: Policy, within: float) -> None:
    """Raise UrlRefused or AddressRefused where a request would, as far as that can be told now.

    A name that does not resolve within so many seconds is let pass: each request looks again.
    """
    target = _parse(url, policy)
    with suppress(ConnectionFailed, DeadlineExceeded):
        policy.check_addresses(resolve(target, within=within), target.scheme, target.port)


def _parse(url: str, policy: Policy) -> Target:
    target = parse_url(url)
    policy.check_scheme_and_port(target.scheme, target.port)
    return target


@contextmanager
def _request(
    method: str, url: str, policy: Policy, headers: Mapping[str, str], body: bytes | None
) -> Iterator[Response]:
    target = _parse(url, policy)
    request = PreparedRequest()
    with in_our_words():
        request.prepare(method=method, url=target.url, headers=_headers(target, policy, headers), data=body)
    # Not by a session: that would add cookies, credentials and proxies that it finds in the environment.
    with closing(GuardedAdapter(target, policy, Deadline(policy.total_timeout))) as adapter:
        with in_our_words():
            response = adapter.send(request, stream=True, timeout=policy.read_timeout)
        with response:
            try:
                yield response
            except OutboundError as exc:
                exc.status = response.status_code
                raise


def _headers(target: Target, policy: Policy, given: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in given.items() if name.lower() not in NOT_GIVEN}
    known = {name.lower() for name in kept}
    # We ask for identity: a compressed body could unfold to any size.
    ours = {"User-Agent": policy.user_agent, "Accept": "*/*", "Accept-Encoding": "identity"}
    ours = {name: value for name, value in ours.items() if name.lower() not in known}
    return {"Host": target.authority, **ours, **kept, "Connection": "close"}


def _check_fetched(response: Response, policy: Policy) -> None:
    if response.status_code != 200:
        raise UnexpectedAnswer(f"The answer was {response.status_code}.", status=response.status_code)
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnexpectedAnswer("The answer is compressed.", status=response.status_code)
    with in_our_words():
        announced = int(response.headers.get("Content-Length") or 0)
    if announced > policy.max_bytes:
        raise BodyTooLarge


def _chunks(response: Response) -> Iterator[bytes]:
    while chunk := _read(response):
        yield chunk


def _read(response: Response) -> bytes:
    with in_our_words():
        chunk: bytes = response.raw.read1(CHUNK, decode_content=False)
        return chunk
