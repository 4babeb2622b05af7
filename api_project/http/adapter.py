"""How `requests` connects here: to an address that was checked, and with every operation bounded by the deadline."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from api_project.http.connection import BoundedSocket, Deadline, connect, tls_context
from api_project.http.policy import Policy
from api_project.http.urls import Target


class GuardedAdapter(HTTPAdapter):
    """Sends one request to one target. It resolves, judges and pins the addresses itself; nothing is retried."""

    def __init__(self, target: Target, policy: Policy, deadline: Deadline) -> None:
        self._target = target
        self._policy = policy
        self._deadline = deadline
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=tls_context())

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        # The context knows the authorities. Named here, they would be read again for each connection.
        conn.cert_reqs = "CERT_REQUIRED"

    def get_connection_with_tls_context(
        self, request: PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> Any:
        pool: Any = super().get_connection_with_tls_context(request, verify, None, cert)
        pool.ConnectionCls = _GuardedHTTPSConnection if self._target.scheme == "https" else _GuardedHTTPConnection
        pool.conn_kw["open_socket"] = lambda: connect(self._target, self._policy, self._deadline)
        pool.conn_kw["deadline"] = self._deadline
        return pool


class _Guarded:
    """What both kinds of connections have in common."""

    sock: Any

    def __init__(self, *args: Any, open_socket: Callable[[], socket.socket], deadline: Deadline, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._open_socket = open_socket
        self._deadline = deadline

    def _new_conn(self) -> socket.socket:
        return self._open_socket()

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]  # of the class that this one is mixed into
        self.sock = BoundedSocket(self.sock, self._deadline)


class _GuardedHTTPConnection(_Guarded, HTTPConnection):
    pass


class _GuardedHTTPSConnection(_Guarded, HTTPSConnection):
    pass
