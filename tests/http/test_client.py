import gzip
import io
import socket
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from api_project.http import (
    AddressRefused,
    BodyTooLarge,
    ConnectionFailed,
    DeadlineExceeded,
    OutboundError,
    Policy,
    UnexpectedAnswer,
    UrlRefused,
    fetch,
    post,
)
from tests.http.host import Host, says
from tests.http.test_addresses import NOT_PUBLIC

STRICT = Policy()
LOCAL = Policy(allow_loopback=True)
HURRIED = Policy(allow_loopback=True, total_timeout=0.3)


def ask(url: str, policy: Policy = STRICT) -> None:
    fetch(url, into=io.BytesIO(), policy=policy)


def test_it_posts_and_returns_the_answer(host: Host) -> None:
    answer = post(host.url, body=b"hello", headers={"X-Id": "7"}, policy=LOCAL)
    assert (answer.status, answer.body, answer.truncated) == (200, b"ok", False)
    assert host.asked.startswith(b"POST /path?a=1 HTTP/1.1\r\n")
    assert b"X-Id: 7" in host.asked
    assert host.asked.endswith(b"hello")


def test_it_fetches_into_a_file(host: Host) -> None:
    host.behaviour = says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    into = io.BytesIO()
    fetched = fetch(host.url, into=into, policy=LOCAL)
    assert (into.getvalue(), fetched.size) == (b"abcde", 5)


@pytest.mark.parametrize("status", [204, 404, 500])
def test_a_post_returns_whatever_the_status(status: int, host: Host) -> None:
    host.behaviour = says(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())
    assert post(host.url, body=b"", headers={}, policy=LOCAL).status == status


@pytest.mark.parametrize("status", [204, 301, 404, 500])
def test_a_fetch_wants_a_200(status: int, host: Host) -> None:
    host.behaviour = says(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())
    with pytest.raises(UnexpectedAnswer) as caught:
        ask(host.url, LOCAL)
    assert caught.value.status == status


def test_a_redirect_is_not_followed(host: Host) -> None:
    host.behaviour = says(f"HTTP/1.1 307 X\r\nLocation: {host.url}elsewhere\r\nContent-Length: 0\r\n\r\n".encode())
    assert post(host.url, body=b"", headers={}, policy=LOCAL).status == 307
    assert b"elsewhere" not in host.asked


# Where an address may not be asked


def literal(address: str) -> str:
    return f"http://[{address.replace('%', '%25')}]/" if ":" in address else f"http://{address}/"


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_a_literal_address_that_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        ask(literal(address))


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_a_name_for_an_address_that_is_not_public_is_refused(
    address: str, names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    connected: list[str] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _socket, address: connected.append(address[0]))
    names["innocent.example"] = [address]
    # What maps a public address is that address, and may be asked; here the fake connection ends it.
    with pytest.raises(OutboundError) as caught:
        ask("http://innocent.example/")
    if address == "::ffff:8.8.8.8":
        assert connected == ["8.8.8.8"]
    else:
        assert isinstance(caught.value, AddressRefused)
        assert connected == []


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", "[::]"])
def test_other_spellings_of_loopback_are_refused(host: str) -> None:
    with pytest.raises(AddressRefused):
        ask(f"http://{host}/")


def test_https_is_guarded_as_well(names: dict[str, list[str]]) -> None:
    names["innocent.example"] = ["10.0.0.1"]
    with pytest.raises(AddressRefused):
        ask("https://innocent.example/")


def test_the_checked_address_is_the_one_that_is_asked(host: Host, names: dict[str, list[str]]) -> None:
    names["rebinding.example"] = ["127.0.0.1", "10.0.0.1"]
    ask(host.url.replace("127.0.0.1", "rebinding.example"), LOCAL)
    assert b"Host: rebinding.example" in host.asked


def test_loopback_is_refused_unless_it_is_allowed(host: Host) -> None:
    with pytest.raises(AddressRefused):
        ask(host.url)
    assert host.asked == b""


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_from_the_environment_is_not_used(variable: str, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, host.url)
    with pytest.raises(AddressRefused):
        ask("http://10.0.0.1/", LOCAL)
    assert host.asked == b""


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.com/",
        "gopher://example.com/",
        "http:///path",
        "http://user:password@example.com/",
        "http://user@example.com/",
        "http://example.com:99999/",
        "http://[::1/",
        "http://exa mple.com/",
        "http://..example.com/",
        "example.com",
        "",
    ],
)
def test_a_url_that_is_not_plain_is_refused(url: str) -> None:
    with pytest.raises(UrlRefused) as caught:
        ask(url)
    assert caught.value.permanent


def test_only_the_policys_schemes_are_asked(host: Host) -> None:
    with pytest.raises(UrlRefused, match="https"):
        ask(host.url, replace(LOCAL, schemes=frozenset({"https"})))


# What does not end, or is too much


def slowly(connection: socket.socket, pieces: Callable[[], bytes], over: threading.Event) -> None:
    while not over.wait(0.02):
        connection.sendall(pieces())


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX-Endless: ",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_a_host_that_drips_is_cut_off(beginning: bytes, host: Host) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(beginning)
        slowly(connection, lambda: b"1\r\na\r\n" if b"chunked" in beginning else b"a", host.over)

    host.behaviour = drip
    with pytest.raises(DeadlineExceeded):
        ask(host.url, HURRIED)


def test_a_silent_host_is_cut_off(host: Host) -> None:
    host.behaviour = host.wait_for_the_end
    with pytest.raises(DeadlineExceeded):
        post(host.url, body=b"", headers={}, policy=HURRIED)


def test_a_name_that_takes_too_long_is_given_up(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: released.wait(10) and [])
    try:
        with pytest.raises(DeadlineExceeded):
            ask("http://slow.example/", HURRIED)
    finally:
        released.set()


@pytest.mark.parametrize("head", [b"Content-Length: 5\r\n\r\n", b"\r\n"])
def test_a_body_over_the_limit_is_refused(head: bytes, host: Host) -> None:
    host.behaviour = says(b"HTTP/1.1 200 OK\r\n" + head + b"abcde")
    with pytest.raises(BodyTooLarge):
        ask(host.url, replace(LOCAL, max_bytes=4))


def test_a_posts_long_answer_is_cut(host: Host) -> None:
    host.behaviour = says(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde")
    answer = post(host.url, body=b"", headers={}, policy=replace(LOCAL, max_bytes=4))
    assert (answer.body, answer.truncated) == (b"abcd", True)


def test_a_compressed_body_is_not_unfolded(host: Host) -> None:
    body = gzip.compress(bytes(10_000_000))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    host.behaviour = says(head + body)
    with pytest.raises(UnexpectedAnswer):
        ask(host.url, replace(LOCAL, max_bytes=1_000_000))
    assert post(host.url, body=b"", headers={}, policy=LOCAL).body == body


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 ",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
    ],
)
def test_a_broken_answer_is_an_outbound_error(answer: bytes, host: Host) -> None:
    host.behaviour = says(answer)
    with pytest.raises(OutboundError) as caught:
        ask(host.url, LOCAL)
    assert not caught.value.permanent


def test_a_refused_connection_is_worth_another_try(host: Host) -> None:
    host.close()
    with pytest.raises(ConnectionFailed) as caught:
        ask(host.url, LOCAL)
    assert not caught.value.permanent
    host.close = lambda: None  # type: ignore[method-assign]


def test_a_name_that_does_not_resolve_is_worth_another_try(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: object, **_kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(ConnectionFailed):
        ask("http://unknown.example/")
