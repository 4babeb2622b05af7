"""Connections to addresses that were checked, of which every single operation ends with the request's deadline."""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Sequence
from functools import cache
from typing import Any

import certifi

from api_project.http.addresses import Address
from api_project.http.exceptions import DeadlineExceeded
from api_project.http.policy import Policy
from api_project.http.resolving import resolve
from api_project.http.urls import Target

# Of a name with many addresses so many are tried, so that it makes no one's scanner of us.
ADDRESSES_TRIED = 3


class Deadline:
    """The time in which all of a request is to be over.

    A timeout of sockets counts anew for each operation: a server that sends one byte at a time would hold us for ever.
    """

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def remaining(self, at_most: float = float("inf")) -> float:
        """Return the seconds that are left; raise DeadlineExceeded when there are none."""
        seconds = self._ends - time.monotonic()
        if seconds <= 0:
            raise DeadlineExceeded
        return min(seconds, at_most)


class BoundedSocket:
    """What urllib3 uses of a connected socket, each operation within what is left of the time."""

    def __init__(self, connected: socket.socket, deadline: Deadline) -> None:
        self._socket = connected
        self._deadline = deadline
        self._timeout = connected.gettimeout() or float("inf")
        self._readers = 0
        self._is_closed = False

    def sendall(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[self._limited().send(rest) :]

    def receive_into(self, buffer: Any) -> int:
        return self._limited().recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        self._readers += 1
        return io.BufferedReader(_Received(self))

    def settimeout(self, timeout: float | None) -> None:
        self._timeout = float("inf") if timeout is None else timeout

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        # Whoever reads from it goes on: the connection is closed when the head is read, and there is a body to read.
        self._is_closed = True
        self._close_when_unused()

    def reader_closed(self) -> None:
        self._readers -= 1
        self._close_when_unused()

    def _close_when_unused(self) -> None:
        if self._is_closed and not self._readers:
            self._socket.close()

    def _limited(self) -> socket.socket:
        self._socket.settimeout(self._deadline.remaining(at_most=self._timeout))
        return self._socket


class _Received(io.RawIOBase):
    """What comes in on a socket, as a file."""

    def __init__(self, source: BoundedSocket) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._source.reader_closed()

    def readinto(self, buffer: Any) -> int:
        return self._source.receive_into(buffer)


def connect(target: Target, policy: Policy, deadline: Deadline) -> socket.socket:
    """Connect to a host whose addresses may all be asked.

    The name is resolved once, and what was checked is what is connected to: a second answer of its name server counts
    for nothing. Raises an OutboundError or OSError.
    """
    addresses = resolve(target, within=deadline.remaining())
    policy.check_addresses(addresses, target.scheme, target.port)
    connected = _connect_to_first(addresses, target.port, policy, deadline)
    # For the handshake of TLS, if there is one.
    connected.settimeout(deadline.remaining(at_most=policy.read_timeout))
    return connected


def _connect_to_first(addresses: Sequence[Address], port: int, policy: Policy, deadline: Deadline) -> socket.socket:
    """Return a connection to the first of the addresses that takes one, such as one of IPv4 where there is no IPv6."""
    *early, last = addresses[:ADDRESSES_TRIED]
    for address in early:
        try:
            return _connect_to(address, port, deadline.remaining(at_most=policy.connect_timeout))
        except OSError:
            continue
    return _connect_to(last, port, deadline.remaining(at_most=policy.connect_timeout))


def _connect_to(address: Address, port: int, timeout: float) -> socket.socket:
    opened = socket.socket(socket.AF_INET if address.version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
    try:
        # Head and body are two writes; without this the second would wait for the other side's word on the first.
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opened.settimeout(timeout)
        opened.connect((str(address), port))
    except BaseException:
        opened.close()
        raise
    return opened


@cache
def tls_context() -> ssl.SSLContext:
    """Return what verifies certificates, made once: reading the authorities takes longer than a handshake.

    They are certifi's and the machine's own; the latter are also what SSL_CERT_FILE and SSL_CERT_DIR name.
    """
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    context.set_alpn_protocols(["http/1.1"])
    return context
