"""Hearing that a web process is to stop, whoever handles the signal."""

import signal
import socket
from collections.abc import Callable
from threading import Event, Thread

STOPS = {signal.SIGTERM, signal.SIGINT}


def on_stop(tell: Callable[[], None]) -> None:
    """Call `tell`, in a thread of its own, when this process gets a signal to stop. Call it in the main thread.

    Granian sets its own handlers after the application is loaded, and then waits for the requests in hand. What Python
    writes for each signal that has a handler, whichever it is, is read here.
    """
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    Thread(target=_listen, args=(reader, writer, tell), name="on-stop", daemon=True).start()


def _listen(reader: socket.socket, writer: socket.socket, tell: Callable[[], None]) -> None:
    # Both ends are closed with this function's last breath, so not before there was a signal.
    with reader, writer:
        while not STOPS & set(reader.recv(16)):
            pass
        tell()
        Event().wait()
