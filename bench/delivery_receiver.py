"""`python -m bench.delivery_receiver PORT`: answers callbacks with 204 at once, and remembers when each came.

What is posted below `/hang/` is never answered. `GET /count` tells how many have come, `GET /seen` tells and forgets
all of them as JSON, `GET /release` hangs up on all that hang.
"""

import asyncio
import json
import sys
import time

from bench.load import content_length

NO_CONTENT = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


class Received:
    """The ids that came, each with its moment, and the connections that nobody answers."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, float]] = []
        self.hanging: list[asyncio.Transport] = []

    def told(self, path: bytes) -> bytes:
        if path == b"/count":
            return str(len(self.seen)).encode()
        if path == b"/release":
            for transport in self.hanging:
                transport.close()
            self.hanging.clear()
            return b""
        told = json.dumps(self.seen).encode()
        self.seen.clear()
        return told


class Connection(asyncio.Protocol):
    """One request, as small as can be: the fewer steps here, the more is seen of those who post."""

    transport: asyncio.Transport

    def __init__(self, received: Received) -> None:
        self._received = received
        self._data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._data += data
        head, parted, body = self._data.partition(b"\r\n\r\n")
        if parted and len(body) >= content_length(head):
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        method, path, _ = head.split(b" ", 2)
        if method == b"GET":
            told = self._received.told(path)
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(told), told))
        elif path.startswith(b"/hang/"):
            self._received.hanging.append(self.transport)
            return
        else:
            self._received.seen.append((_event_id(head), time.time()))
            self.transport.write(NO_CONTENT)
        self.transport.close()


def _event_id(head: bytes) -> str:
    lines = (line.partition(b":") for line in head.split(b"\r\n"))
    return next(value.strip().decode() for name, _, value in lines if name.lower() == b"webhook-id")


async def _serve(port: int) -> None:
    received = Received()
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(received), "127.0.0.1", port, backlog=1024
    )
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
