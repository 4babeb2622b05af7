"""`python -m bench.waiting_load`: many clients that wait for a transcript each, with `Prefer: wait`.

A process of its own, so that it shares nothing with what it measures. It reads pairs of transcript and key as a line of
JSON, connects, says `ready`, begins when it reads a line, and prints what it saw as JSON when every client has been
told the end. A client whose preference was not honoured asks again after `Retry-After`, as real ones do.
"""

import argparse
import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, field


@dataclass(slots=True)
class Seen:
    """Seconds, and moments since the epoch."""

    held: list[float] = field(default_factory=list)
    turned_away: list[float] = field(default_factory=list)
    # Of those who were told the end: when they had asked, and when they knew.
    told: list[tuple[float, float]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


class Client:
    """One kept-alive connection."""

    def __init__(self, port: int, transcript: str, key: str, wait: int, seen: Seen) -> None:
        lines = [
            f"GET /api/v1/transcripts/{transcript}/ HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            f"Authorization: Bearer {key}",
            f"Prefer: wait={wait}",
        ]
        self._request = ("\r\n".join(lines) + "\r\n\r\n").encode()
        self._port = port
        self._seen = seen

    async def connect(self) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def follow(self, after: float) -> None:
        """Ask until the transcript has ended."""
        await asyncio.sleep(after)
        while True:
            answer = await self._ask()
            if answer.status != 200:
                self._seen.problems.append(f"{answer.status} {answer.body.decode(errors='replace')[:200]}")
                return
            was_held = "preference-applied" in answer.headers
            if json.loads(answer.body)["status"] == "error":
                self._seen.told.append((time.time() - answer.seconds, time.time()))
                return
            (self._seen.held if was_held else self._seen.turned_away).append(answer.seconds)
            await asyncio.sleep(0 if was_held else float(answer.headers["retry-after"]))

    async def _ask(self) -> Answer:
        sent = time.perf_counter()
        self._writer.write(self._request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = [line.partition(":") for line in head[1:] if line]
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        body = await self._reader.readexactly(int(headers["content-length"]))
        return Answer(int(head[0].split()[1]), headers, body, time.perf_counter() - sent)


async def run(port: int, wait: int, spread: float) -> Seen:
    """Let the clients begin within `spread` seconds, and follow their transcripts."""
    seen = Seen()
    read = asyncio.get_running_loop().run_in_executor
    pairs = json.loads(await read(None, sys.stdin.readline))
    clients = [Client(port, transcript, key, wait, seen) for transcript, key in pairs]
    for client in clients:
        await client.connect()
    print("ready", flush=True)
    await read(None, sys.stdin.readline)
    await asyncio.gather(*(client.follow(spread * place / len(clients)) for place, client in enumerate(clients)))
    return seen


def main() -> int:
    """Follow and print; return the exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--wait", type=int, required=True)
    parser.add_argument("--spread", type=float, required=True)
    given = parser.parse_args()
    print(json.dumps(asdict(asyncio.run(run(given.port, given.wait, given.spread)))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
