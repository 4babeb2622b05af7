"""Ports for servers that are killed and started again: nobody else may take one in between."""

import contextlib
import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import SystemRandom
from tempfile import gettempdir

# Below those that the system gives to outgoing connections.
PORTS = range(12_000, 32_000)


@contextmanager
def held_port() -> Iterator[int]:
    """Give a free port, which no other test that asks here is given for the length of the block."""
    folder = Path(gettempdir()) / "speech-tests-ports"
    folder.mkdir(exist_ok=True)
    # Not the shared generator: whoever seeds it would have all test processes try the same ports.
    for port in SystemRandom().sample(PORTS, 1000):
        with (folder / str(port)).open("w") as claim:
            try:
                fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
                with contextlib.closing(socket.socket()) as probe:
                    probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            yield port
            return
    raise AssertionError("There is no free port.")
