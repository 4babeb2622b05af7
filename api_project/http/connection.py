"""Sockets that are shut at a deadline, and an adapter that pins the address it has checked."""

from __future__ import annotations

import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any

import requests
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from api_project.http.addresses import is_allowed
from api_project.http.exceptions import AddressRefused, DeadlineExceeded

# getaddrinfo takes no timeout, so that it is waited for from outside.
RESOLVERS = ThreadPoolExecutor(max_workers=16, thread_name_prefix="resolve")


class Deadline:
    """Shut every socket of one request when its time is up.

    The timeouts of requests count per socket operation: a server that sends one byte at a time would hold us for ever.
    """

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True
        self.expired = False

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._timer.cancel()
        with self._lock:
            for watched in self._sockets:
                watched.close()
            self._sockets.clear()

    @property
    def remaining(self) -> float:
        return max(0.0, self._ends - time.monotonic())

    def check(self) -> None:
        if self.expired or not self.remaining:
            raise DeadlineExceeded

    def watch(self, sock: socket.socket) -> None:
        """Remember a connected socket; a duplicate, because TLS detaches the one it wraps."""
        with self._lock:
            self._sockets.append(socket.socket(sock.family, sock.type, fileno=os.dup(sock.fileno())))
        if self.expired:
            self._expire()

    def _expire(self) -> None:
        self.expired = True
        with self._lock:
            for watched in self._sockets:
                try:
                    watched.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue


class GuardedAdapter(IPFilterAdapter):  # type: ignore[misc]  # the package has no types
    """Resolve under the deadline, judge the pinned address by our own rules too, and watch the socket."""

    def __init__(self, *, is_https: bool, allow_loopback: bool, deadline: Deadline) -> None:
        super().__init__(is_https_proto=is_https, allow_loopback=allow_loopback)
        self._deadline = deadline

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        resolved = RESOLVERS.submit(super().build_connection_pool_key_attributes, request, verify, cert)
        try:
            host_params, pool_kwargs = resolved.result(timeout=self._deadline.remaining)
        except FutureTimeoutError as exc:
            raise DeadlineExceeded("The name took too long to resolve.") from exc
        except InvalidIPAddress as exc:
            raise AddressRefused from exc
        except UnicodeError as exc:
            raise requests.exceptions.InvalidURL("The host is no valid name.") from exc
        if not is_allowed(host_params["host"].strip("[]"), allow_loopback=self._allow_loopback):
            raise AddressRefused
        return host_params, pool_kwargs

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = _watched(HTTPSConnection if self._is_https_proto else HTTPConnection, self._deadline)
        return pool


def _watched(base: type[HTTPConnection], deadline: Deadline) -> type[HTTPConnection]:
    class WatchedConnection(base):  # type: ignore[valid-type, misc]  # one class per request, bound to its deadline
        def _new_conn(self) -> socket.socket:
            sock: socket.socket = super()._new_conn()
            deadline.watch(sock)
            return sock

    return WatchedConnection
