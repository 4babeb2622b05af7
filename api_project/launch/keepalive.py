"""Noticing clients that went away without a word, as phones do, and those that stopped reading what they asked for.

The system asks the silent ones whether they are still there, and breaks off with those that take nothing of what is
being sent to them: a thread of the web server waits for its client without any limit of its own.

The web server has no setting for that, but on Linux an accepted connection inherits it from the listening socket, which
the server makes in each worker after the application was loaded; so it is looked for at the first request.
"""

import contextlib
import os
import socket
import stat
import sys
from collections.abc import Iterable, Iterator
from typing import Any

# A silent client is asked after the first, then so often in so many seconds; it is gone after two minutes in all.
IDLE_SECONDS = 60
INTERVAL_SECONDS = 15
QUESTIONS = 4
# How long what we send may wait for its reader: as long as all the above.
UNREAD_SECONDS = IDLE_SECONDS + QUESTIONS * INTERVAL_SECONDS


def with_keepalive(application: Any) -> Any:
    """Wrap a WSGI application, so that the first request sets up the listening sockets of its process."""
    is_done = False

    def wrapped(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        nonlocal is_done
        if not is_done:
            is_done = True
            keep_alive(listening_sockets())
        answer: Iterable[bytes] = application(environ, start_response)
        return answer

    return wrapped


def keep_alive(listeners: Iterable[socket.socket]) -> None:
    """Make what these sockets accept from now on notice a client that is gone; closes them, which are copies."""
    for listener in listeners:
        with listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, IDLE_SECONDS)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, INTERVAL_SECONDS)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, QUESTIONS)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_SECONDS * 1000)


def listening_sockets() -> Iterator[socket.socket]:
    """Yield a copy of each TCP socket on which this process listens; none where the system does not tell."""
    if sys.platform != "linux":
        return
    for name in os.listdir("/proc/self/fd"):
        # A descriptor may be closed by another thread at any moment.
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                copy = socket.socket(fileno=os.dup(int(name)))
                if copy.family in (socket.AF_INET, socket.AF_INET6) and _is_listening(copy):
                    yield copy
                else:
                    copy.close()


def _is_listening(sock: socket.socket) -> bool:
    return bool(sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
