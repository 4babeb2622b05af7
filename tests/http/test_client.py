import gzip
import io
import socket
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest

from api_project.http import (
    LOOPBACK,
    BodyTooLarge,
    ConnectionFailed,
    DeadlineExceeded,
    OutboundError,
    Policy,
    UnexpectedAnswer,
    fetch,
    post,
)
from tests.http.host import HAS_IPV6, Host, says

LOCAL = Policy(allowed_networks=LOOPBACK)
HURRIED = Policy(allowed_networks=LOOPBACK, total_timeout=0.3)


def ask(url: str, policy: Policy) -> None:
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


def test_headers_are_found_in_any_case(host: Host) -> None:
    host.behaviour = says(b"HTTP/1.1 503 X\r\nretry-AFTER: 7\r\nVary: a\r\nVary: b\r\nContent-Length: 0\r\n\r\n")
    headers = post(host.url, body=b"", headers={}, policy=LOCAL).headers
    assert (headers["Retry-After"], headers["vary"], "Content-Length" in headers) == ("7", "a, b", True)


@pytest.mark.parametrize("name", ["Host", "host", "Content-Length", "Transfer-Encoding", "Connection"])
def test_a_caller_cannot_say_where_the_request_ends_or_whom_it_is_for(name: str, host: Host) -> None:
    post(host.url, body=b"hello", headers={name: "31337"}, policy=LOCAL)
    assert b"31337" not in host.asked
    assert host.asked.lower().count(f"\r\n{name.lower()}: ".encode()) == (0 if name == "Transfer-Encoding" else 1)


def test_a_caller_may_name_itself(host: Host) -> None:
    post(host.url, body=b"", headers={"user-agent": "other"}, policy=LOCAL)
    assert b"user-agent: other" in host.asked
    assert b"User-Agent" not in host.asked


@pytest.mark.parametrize("value", ["a\r\nX-Other: b", "a\nb", "\N{SNOWMAN}"])
def test_a_header_that_cannot_be_sent_is_an_outbound_error(value: str, host: Host) -> None:
    with pytest.raises(OutboundError):
        post(host.url, body=b"", headers={"X-Given": value}, policy=LOCAL)
    assert b"X-Given" not in host.asked


def test_an_answer_before_the_body_was_read_is_an_answer(host: Host) -> None:
    host.reads_first = False
    host.behaviour = says(b"HTTP/1.1 413 X\r\nContent-Length: 0\r\n\r\n")
    assert post(host.url, body=b"a" * 1000, headers={}, policy=LOCAL).status == 413


@pytest.mark.skipif(not HAS_IPV6, reason="needs IPv6")
def test_a_host_of_ipv6_is_asked() -> None:
    with closing(Host("::1")) as host:
        post(f"http://[::1]:{host.port}/", body=b"", headers={}, policy=LOCAL)
        assert f"Host: [::1]:{host.port}\r\n".encode() in host.asked


def test_what_cannot_be_written_is_the_callers_to_handle(host: Host) -> None:
    class Full(io.BytesIO):
        def write(self, _chunk: object) -> int:
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fetch(host.url, into=Full(), policy=LOCAL)


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
    with pytest.raises(DeadlineExceeded) as caught:
        ask(host.url, HURRIED)
    # What of the answer came is known.
    assert caught.value.status == (200 if b"\r\n\r\n" in beginning else None)


def test_a_host_that_takes_nothing_is_cut_off(host: Host) -> None:
    host.reads_first = False
    host.behaviour = host.wait_for_the_end
    with pytest.raises(DeadlineExceeded):
        post(host.url, body=bytes(50_000_000), headers={}, policy=HURRIED)


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
        ask("http://unknown.example/", Policy())
