"""`python -m bench.delivery_posts URL COUNT`: sign and post callbacks, one after the other, and print the seconds.

This is what one would write without a service for it: the same headers and about the same body, nothing kept.
"""

import json
import sys
import time
from datetime import UTC, datetime
from uuid import uuid4

import requests
from standardwebhooks import Webhook

from bench.delivery_events import body

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def post(url: str) -> None:
    """Sign and post one."""
    event_id, at = str(uuid4()), datetime.now(UTC)
    text = json.dumps(body(event_id, at.isoformat()))
    headers = {
        "Content-Type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(SECRET).sign(event_id, at, text),
    }
    requests.post(url, data=text.encode(), headers=headers, timeout=15, allow_redirects=False).raise_for_status()


def main(url: str, count: int) -> None:
    """Post, and print how long it took."""
    post(url)
    began = time.perf_counter()
    for _ in range(count):
        post(url)
    print(time.perf_counter() - began)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
