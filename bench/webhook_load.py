"""`python -m bench.webhook_load`: post webhooks as AssemblyAI does; see `bench/load.py`."""

import argparse
import json
import sys
from collections.abc import Iterator
from uuid import uuid4

from uuid6 import uuid7

from bench.load import serve_load
from transcripts.webhook_secrets import HEADER_NAME, webhook_secret

# Made before the clock starts; a faster server than this many per connection and second ends a run early.
REQUESTS_PER_SECOND = 500


def _requests(port: int, target: str, count: int) -> Iterator[bytes]:
    """Return distinct webhooks; to the bare INSERT go the same ones, under its own address."""
    for _ in range(count):
        transcript_id = uuid7()
        body = json.dumps({"transcript_id": str(uuid4()), "status": "completed"}).encode()
        path = "/bench/bare/" if target == "bare" else f"/webhooks/assemblyai/{transcript_id}/1/"
        lines = [
            f"POST {path} HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            f"{HEADER_NAME}: {webhook_secret(transcript_id, 1)}",
        ]
        yield ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def main() -> int:
    """Send and print; return the exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--target", choices=("receiver", "bare"), required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--connections", type=int, required=True)
    given = parser.parse_args()
    count = int(given.seconds * REQUESTS_PER_SECOND)
    prepared = [list(_requests(given.port, given.target, count)) for _ in range(given.connections)]
    requests = [iter(each) for each in prepared]
    serve_load(port=given.port, requests=requests, status=204, seconds=given.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
