"""TLS to an address that was checked: the certificate must be for the name in the URL all the same."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from api_project.http import LOOPBACK, Answer, ConnectionFailed, DeadlineExceeded, Policy, post
from api_project.http.connection import tls_context
from tests.http.authority import Authority, TlsHost
from tests.http.host import Host

LOCAL = Policy(allowed_networks=LOOPBACK)
NAME = "receiver.example"
Serve = Callable[..., TlsHost]


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """An authority that the operator of this machine trusts."""
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    tls_context.cache_clear()
    yield made
    tls_context.cache_clear()


@pytest.fixture
def serve(authority: Authority, names: dict[str, list[str]]) -> Iterator[Serve]:
    """Starts a host with a certificate; `receiver.example` leads to it."""
    names[NAME] = ["127.0.0.1"]
    begun: list[TlsHost] = []

    def start(*shown: str, by: Authority = authority, age: timedelta = timedelta()) -> TlsHost:
        begun.append(TlsHost(by.issue(*shown, age=age)))
        return begun[-1]

    yield start
    for host in begun:
        host.close()


def ask(url: str, policy: Policy = LOCAL) -> Answer:
    return post(url, body=b"hello", headers={}, policy=policy)


def test_the_name_in_the_url_is_asked_for_and_verified(serve: Serve) -> None:
    host = serve(NAME)
    assert ask(host.url_at(NAME)).body == b"ok"
    assert host.names == [NAME]
    assert f"Host: {NAME}:{host.port}\r\n".encode() in host.asked


@pytest.mark.parametrize("spelling", [NAME.upper(), f"{NAME}."])
def test_it_is_the_same_name_in_another_spelling(spelling: str, serve: Serve) -> None:
    host = serve(NAME)
    ask(host.url_at(spelling))
    assert host.names == [NAME]


def test_a_name_of_another_script_is_verified_as_its_certificate_has_it(
    serve: Serve, names: dict[str, list[str]]
) -> None:
    names["xn--bcher-kva.example"] = ["127.0.0.1"]
    host = serve("xn--bcher-kva.example")
    assert ask(host.url_at("bücher.example")).status == 200


def test_a_certificate_for_another_name_is_refused(serve: Serve) -> None:
    host = serve("other.example")
    with pytest.raises(ConnectionFailed, match="certificate was refused: Hostname mismatch"):
        ask(host.url_at(NAME))
    assert host.asked == b""


def test_a_certificate_for_the_address_alone_does_not_do_for_the_name(serve: Serve) -> None:
    host = serve("127.0.0.1")
    with pytest.raises(ConnectionFailed, match="Hostname mismatch"):
        ask(host.url_at(NAME))
    assert host.asked == b""


def test_an_address_is_verified_as_one(serve: Serve) -> None:
    host = serve("127.0.0.1")
    assert ask(host.url_at("127.0.0.1")).status == 200
    assert host.names == [None]


def test_a_certificate_for_a_name_alone_does_not_do_for_an_address(serve: Serve) -> None:
    host = serve(NAME)
    with pytest.raises(ConnectionFailed, match="IP address mismatch"):
        ask(host.url_at("127.0.0.1"))
    assert host.asked == b""


def test_an_authority_that_nobody_trusts_is_refused(serve: Serve, tmp_path: Path) -> None:
    host = serve(NAME, by=Authority(tmp_path, "Another"))
    with pytest.raises(ConnectionFailed, match="certificate was refused: "):
        ask(host.url_at(NAME))
    assert host.asked == b""


def test_a_certificate_that_has_expired_is_refused(serve: Serve) -> None:
    host = serve(NAME, age=timedelta(days=3))
    with pytest.raises(ConnectionFailed, match="certificate was refused: certificate has expired"):
        ask(host.url_at(NAME))


class PlainHost(Host):
    def _answer(self, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def test_what_speaks_no_tls_is_a_failed_connection() -> None:
    with closing(PlainHost()) as plain, pytest.raises(ConnectionFailed, match="The TLS connection failed"):
        ask(f"https://127.0.0.1:{plain.port}/")


@pytest.mark.usefixtures("authority")
def test_a_host_that_is_silent_in_the_handshake_is_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(DeadlineExceeded):
        ask(f"https://127.0.0.1:{silent.getsockname()[1]}/", replace(LOCAL, total_timeout=0.3))


def test_a_host_that_drips_is_cut_off(serve: Serve) -> None:
    host = serve(NAME)

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not host.over.wait(0.02):
            connection.sendall(b"a")

    host.behaviour = drip
    with pytest.raises(DeadlineExceeded):
        ask(host.url_at(NAME), replace(LOCAL, total_timeout=0.3))
