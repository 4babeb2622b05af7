"""A script of another origin calls the API with a key, in a browser that keeps origins apart."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from api_project.rest.api_keys.services import api_key_create
from tests.browser.conftest import Complaints
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)

ASK = """async ([url, key]) => {
    const headers = {"Authorization": `Bearer ${key}`, "Idempotency-Key": "one", "X-Request-ID": "asked-by-app"};
    const made = await fetch(url, {
        method: "POST",
        headers: {...headers, "Content-Type": "application/json"},
        body: JSON.stringify({audio_url: "https://example.com/a.mp3"}),
    });
    const refused = await fetch(url, {headers: {"Authorization": "Bearer wrong"}});
    return {
        statuses: [made.status, refused.status],
        location: made.headers.get("Location"),
        id: made.headers.get("X-Request-ID"),
        detail: (await refused.json()).detail,
    };
}"""


class EmptyPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><link rel=icon href=data:><title>app</title>")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def app(context: BrowserContext) -> Iterator[Page]:
    """An empty page of another origin."""
    with ThreadingHTTPServer(("127.0.0.1", 0), EmptyPage) as server:
        threading.Thread(target=server.serve_forever).start()
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        yield page
        server.shutdown()


def ask(app: Page, live_server: LiveServer) -> Any:
    _, key = api_key_create(user=make_user(), name="app", scope="write")
    return app.evaluate(ASK, [f"{live_server.url}/api/v1/transcripts/", key])


def test_an_allowed_origin_may_ask_and_read(
    app: Page, live_server: LiveServer, settings: Settings, complaints: Complaints
) -> None:
    complaints.expect("401")
    settings.CORS_ALLOWED_ORIGINS = [app.url.rstrip("/")]
    answer = ask(app, live_server)

    assert answer["statuses"] == [202, 401]
    assert answer["location"].startswith(f"{live_server.url}/api/v1/transcripts/")
    assert (answer["id"], answer["detail"]) == ("asked-by-app", "The API key is unknown.")


def test_any_other_origin_may_not(app: Page, live_server: LiveServer, complaints: Complaints) -> None:
    complaints.expect("CORS policy")
    complaints.expect("net::ERR_FAILED")
    with pytest.raises(Exception, match="Failed to fetch"):
        ask(app, live_server)
    assert complaints.heard("CORS policy")
