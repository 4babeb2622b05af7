"""Swagger UI works under our content security policy, with no address but ours, for somebody who is signed in."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect
from pytest_django.live_server_helper import LiveServer

from tests.api import AUDIO_FOLDER
from tests.browser.conftest import Complaints
from tests.described import operations, webhooks
from tests.factories import make_transcript
from transcripts.models import Transcript

pytestmark = pytest.mark.django_db(transaction=True)


def try_out(page: Page, operation: str) -> None:
    page.goto("/api/docs/")
    page.locator(f"#operations-transcripts-{operation} .opblock-summary").click()


def execute(page: Page) -> None:
    page.get_by_role("button", name="Execute").click()


def test_it_shows_every_operation_from_our_own_address(page: Page, live_server: LiveServer) -> None:
    elsewhere: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((live_server.url, "data:")):
            elsewhere.append(request.url)

    page.on("request", note)
    page.goto("/api/docs/")
    expect(page.get_by_role("heading", name="Speech to text")).to_be_visible()
    expect(page.locator(".opblock")).to_have_count(len(operations()) + len(webhooks()))
    assert elsewhere == []


def test_it_lists_with_the_session(page: Page) -> None:
    transcript = make_transcript(title="A title to be seen")
    try_out(page, "list_transcripts")
    execute(page)

    expect(page.locator(".live-responses-table .response-col_status").last).to_have_text("200")
    expect(page.locator(".live-responses-table")).to_contain_text(str(transcript.pk))


def test_it_uploads_with_the_session_as_it_is_filled_in(page: Page) -> None:
    file = AUDIO_FOLDER / "questions.mp3"
    try_out(page, "create_transcript")
    page.locator("input[type=file]").set_input_files(file)
    execute(page)

    expect(page.locator(".live-responses-table .response-col_status").last).to_contain_text("202")
    transcript = Transcript.objects.get()
    assert Path(transcript.audio.path).read_bytes() == file.read_bytes()
    # Nobody was named, which is not the same as nobody at all.
    assert (transcript.webhook_endpoints, transcript.webhook_url) == (None, "")


def test_it_says_what_is_missing_to_whoever_is_not_signed_in(context: BrowserContext, complaints: Complaints) -> None:
    complaints.expect("401")
    page = context.new_page()
    try_out(page, "list_transcripts")
    execute(page)

    expect(page.locator(".live-responses-table")).to_contain_text("Nobody is signed in")
