"""What came back, and what failed on the way, in our own words."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException, IncompleteRead, RemoteDisconnected

from urllib3.exceptions import HTTPError

from api_project.http.exceptions import ConnectionFailed, DeadlineExceeded, OutboundError, UnexpectedAnswer


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


@contextmanager
def in_our_words() -> Iterator[None]:
    """Turn what sockets, TLS, urllib3 and requests raise into an OutboundError."""
    try:
        yield
    except (OSError, HTTPException, HTTPError, ValueError) as exc:
        raise _translate(_origin(exc)) from exc


def _origin(exc: BaseException) -> BaseException:
    """Return what went wrong first; the libraries wrap it several times."""
    while wrapped := exc.__cause__ or exc.__context__:
        exc = wrapped
    return exc


def _translate(exc: BaseException) -> OutboundError:
    if isinstance(exc, TimeoutError):
        return DeadlineExceeded()
    if isinstance(exc, ssl.SSLError):
        return ConnectionFailed(_words_for_tls(exc))
    if isinstance(exc, ConnectionRefusedError):
        return ConnectionFailed("The connection was refused.")
    if isinstance(exc, RemoteDisconnected):
        return ConnectionFailed("The connection was closed without an answer.")
    if isinstance(exc, IncompleteRead):
        return ConnectionFailed("The connection broke in the middle of the answer.")
    # A header that cannot be sent is both for requests.
    if isinstance(exc, OSError) and not isinstance(exc, ValueError):
        return ConnectionFailed("The connection failed.")
    return UnexpectedAnswer("The answer is malformed.")


def _words_for_tls(exc: ssl.SSLError) -> str:
    if not isinstance(exc, ssl.SSLCertVerificationError):
        return "The TLS connection failed."
    # Such as "certificate has expired", or "Hostname mismatch, certificate is not valid for ...", whose end quotes.
    reason = exc.verify_message.partition(",")[0]
    return f"The TLS certificate was refused: {reason}."
