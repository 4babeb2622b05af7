"""Accepted connections notice a client that is gone, from the first request of a process on."""

import socket
import sys
from typing import Any

import pytest

from api_project.launch.keepalive import IDLE_SECONDS, UNREAD_SECONDS, keep_alive, listening_sockets, with_keepalive

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Only Linux lets connections inherit it.")


def accepted_by(listener: socket.socket) -> tuple[int, int]:
    with socket.create_connection(listener.getsockname()), listener.accept()[0] as accepted:
        asked = accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        return asked, accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)


def test_what_is_accepted_inherits_it_and_the_listener_goes_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert accepted_by(listener)[0] == 0
        keep_alive([listener.dup()])
        assert accepted_by(listener) == (1, IDLE_SECONDS)


def test_what_is_accepted_does_not_wait_for_ever_for_its_reader() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        keep_alive([listener.dup()])
        with socket.create_connection(listener.getsockname()), listener.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == UNREAD_SECONDS * 1000


def test_only_listening_sockets_are_found() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with socket.create_connection(listener.getsockname()) as connected:
            found = []
            for copy in listening_sockets():
                with copy:
                    found.append(copy.getsockname())
            assert listener.getsockname() in found
            assert connected.getsockname() not in found


def test_the_first_request_sets_it_up() -> None:
    application: Any = with_keepalive(lambda environ, start_response: [b"answer"])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert application({}, None) == [b"answer"]
        assert accepted_by(listener) == (1, IDLE_SECONDS)
