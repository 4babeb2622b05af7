from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.http.host import Host


@pytest.fixture
def host() -> Iterator[Host]:
    host = Host()
    yield host
    host.close()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What names resolve to; a list is answered one after the other, its last for ever."""
    known: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def resolve(name: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if name not in known:
            return real(name, port, *args, **kwargs)
        addresses = known[name]
        address = addresses.pop(0) if len(addresses) > 1 else addresses[0]
        return [_place(address, port)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return known


@pytest.fixture
def all_at_once(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What names resolve to; a list is one answer."""
    known: dict[str, list[str]] = {}
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda name, port, *args, **kwargs: [_place(address, port) for address in known[name]]
    )
    return known


def _place(address: str, port: Any) -> Any:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return (family, socket.SOCK_STREAM, 6, "", (address, int(port or 0)))
