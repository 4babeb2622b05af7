"""What came back, and what failed on the way, in our own words."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException, IncompleteRead, RemoteDisconnected

from api_project.http.exceptions import ConnectionFailed, DeadlineExceeded, OutboundError, UnexpectedAnswer


class Headers(Mapping[str, str]):
    """Headers, found in whatever case their names are written; one that came twice is joined by a comma."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._values: dict[str, str] = {}
        for name, value in pairs:
            known = self._values.get(name.lower())
            self._values[name.lower()] = value if known is None else f"{known}, {value}"

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


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
    headers: Mapping[str, str] = field(default_factory=Headers)


@contextmanager
def in_our_words() -> Iterator[None]:
    """Turn what sockets, TLS and http.client raise into an OutboundError."""
    try:
        yield
    except (OSError, HTTPException, ValueError) as exc:
        raise _translate(exc) from exc


def _translate(exc: Exception) -> OutboundError:
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
    if isinstance(exc, OSError):
        return ConnectionFailed("The connection failed.")
    return UnexpectedAnswer("The answer is malformed.")


def _words_for_tls(exc: ssl.SSLError) -> str:
    if not isinstance(exc, ssl.SSLCertVerificationError):
        return "The TLS connection failed."
    # Such as "certificate has expired", or "Hostname mismatch, certificate is not valid for ...", whose end quotes.
    reason = exc.verify_message.partition(",")[0]
    return f"The TLS certificate was refused: {reason}."
