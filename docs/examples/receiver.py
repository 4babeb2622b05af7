"""A receiver of callbacks, to be run beside `make run`: it verifies each, and says what came.

    API_KEY=$(cat data/api_key) .venv/bin/python docs/examples/receiver.py

The service is looked for at http://127.0.0.1:8000. If you started it at another port, with `PORT=8001 make run` for
example, say the same port here: `PORT=8001 API_KEY=… .venv/bin/python docs/examples/receiver.py`. Key and address may
also be given as arguments. It registers an endpoint for itself, and deletes that again when it ends (Ctrl-C).
"""

import argparse
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import requests
from standardwebhooks import Webhook, WebhookVerificationError

# A callback with a text has up to 20,000 bytes.
MAX_BODY = 65_536
NO_CONTENT, BAD_REQUEST, TOO_LARGE = 204, 400, 413
WORDS_SHOWN = 15
COMMAND = "API_KEY=$(cat data/api_key) .venv/bin/python docs/examples/receiver.py"


class Receiver(HTTPServer):
    """Listens on a free port of this machine, one callback after the other."""

    webhook: Webhook

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Callback)
        # Ids of what was dealt with. A real receiver keeps them with its own data, in the same transaction.
        self.known: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        print(f"a connection broke: {sys.exc_info()[1]!r}", file=sys.stderr)


class Callback(BaseHTTPRequestHandler):
    """Reads one callback, verifies it, deals with it once, and answers."""

    server: Receiver
    # Who sends nothing for so many seconds keeps nobody else waiting.
    timeout = 10

    def do_POST(self) -> None:
        self._answer(self._receive())

    def _receive(self) -> int:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MAX_BODY:
            return TOO_LARGE
        # The signature is of these very bytes: verify first, read them as JSON afterwards.
        body = self.rfile.read(int(length))
        try:
            event = self.server.webhook.verify(body, dict(self.headers))
        except (WebhookVerificationError, ValueError) as problem:
            # The library raises ValueError too, where headers or body are malformed.
            print(f"refused: {problem}", flush=True)
            return BAD_REQUEST
        # It may come again, always under the same id.
        if self.headers["webhook-id"] not in self.server.known:
            tell(event)
            self.server.known.add(self.headers["webhook-id"])
        return NO_CONTENT

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of its own about a request."""


def tell(event: dict[str, Any]) -> None:
    """Print what happened: where a real receiver does its work, or better puts it in a queue."""
    data = event["data"]
    text = data.get("title") or data.get("text") or ""
    words = text.split()
    shown = " ".join(words[:WORDS_SHOWN]) + (" …" if len(words) > WORDS_SHOWN else "")
    print(f"verified {event['type']} {data.get('id', event['id'])}: {shown}", flush=True)


def register(session: requests.Session, endpoints: str, url: str) -> dict[str, Any]:
    """Make an endpoint that is told everything, and return it; its secret is told only here."""
    wanted = {"url": url, "payload": "full", "description": "receiver.py"}
    try:
        answer = session.post(endpoints, json=wanted, timeout=30)
    except requests.RequestException:
        raise SystemExit(
            f"Nobody answers at {endpoints}; if `make run` is at another port: PORT=8001 {COMMAND}"
        ) from None
    if answer.status_code != 201:
        raise SystemExit(f"The service did not make an endpoint: {answer.status_code} {answer.text}")
    endpoint: dict[str, Any] = answer.json()
    return endpoint


def delete(session: requests.Session, endpoint: str) -> None:
    """Delete the endpoint, if the service is still there."""
    try:
        session.delete(endpoint, timeout=30)
    except requests.RequestException:
        print(f"The service does not answer any more, so the endpoint stays; to delete it: {endpoint}", file=sys.stderr)


def main() -> None:
    """Register, receive until Ctrl-C, and delete the endpoint."""
    parser = argparse.ArgumentParser(description="Receive callbacks, and say what came.")
    parser.add_argument("key", nargs="?", default=os.environ.get("API_KEY"), help="an API key; default API_KEY")
    here = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    parser.add_argument("address", nargs="?", default=here, help=f"of the service; default {here}")
    given = parser.parse_args()
    if not given.key:
        raise SystemExit(f"An API key is needed, which `make run` has put into data/api_key: {COMMAND}")
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {given.key}"
    endpoints = f"{given.address.rstrip('/')}/api/v1/webhook-endpoints/"
    receiver = Receiver()
    endpoint = register(session, endpoints, receiver.url)
    receiver.webhook = Webhook(endpoint["secret"])
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(f"waiting at {receiver.url} as endpoint {endpoint['id']}; Ctrl-C ends it", flush=True)
    try:
        receiver.serve_forever()
    except KeyboardInterrupt:
        print("deleting the endpoint")
    finally:
        delete(session, f"{endpoints}{endpoint['id']}/")


if __name__ == "__main__":
    main()
