"""Sending audio from the page, and seeing it become text."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from api_project.rest.sign_in import sign_in_link
from tests.browser.conftest import Complaints
from tests.factories import AUDIO
from transcripts.models import Transcript

pytestmark = pytest.mark.django_db(transaction=True)

WAV = Path(__file__).parents[1] / "audio" / "two-sides.wav"
DROP = """([name, size]) => {
    const transfer = new DataTransfer();
    const content = new Uint8Array(size);
    content.set(new TextEncoder().encode("RIFF....WAVEfmt "));
    transfer.items.add(new File([content], name));
    for (const type of ["dragover", "drop"]) {
        document.querySelector("#list-title").dispatchEvent(
            new DragEvent(type, {dataTransfer: transfer, bubbles: true, cancelable: true}));
    }
}"""
SLOW = {"offline": False, "latency": 5, "downloadThroughput": -1}


def slow_down(page: Page, bytes_per_second: int) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.emulateNetworkConditions", {**SLOW, "uploadThroughput": bytes_per_second})


def upload(page: Page, file: Path = WAV) -> None:
    page.set_input_files("#file", file)
    page.get_by_role("button", name="Transcribe").first.click()


@pytest.mark.usefixtures("worker")
def test_a_chosen_file_becomes_text_before_the_readers_eyes(page: Page) -> None:
    upload(page)
    card = page.locator("#current article")
    expect(card.locator(".badge")).to_have_text("Processing")
    expect(card.locator("[data-progress]")).to_have_text(re.compile(r"^[1-9]\d$"))
    expect(card.locator(".badge")).to_have_text("Completed")
    text = Transcript.objects.get().result.text
    expect(card.locator("[data-text]")).to_have_text(text)
    expect(page.locator("#announcer")).to_have_text("two-sides.wav: Completed")
    page.reload()
    expect(page.locator(".row .glimpse")).to_have_text(text)


def test_a_dropped_file_is_sent_when_told_to(page: Page) -> None:
    page.evaluate(DROP, ["dropped.wav", 1000])
    expect(page.locator("#announcer")).to_have_text("dropped.wav is chosen.")
    # The drop leaves the focus on the button.
    page.keyboard.press("Enter")
    expect(page.locator("#current .name")).to_have_text("dropped.wav")
    assert Transcript.objects.get().file_size == 1000


def test_the_bar_shows_how_much_is_sent(page: Page) -> None:
    slow_down(page, 200_000)
    page.evaluate(DROP, ["long.wav", 500_000])
    page.keyboard.press("Enter")
    expect(page.locator("[data-upload-percent]")).to_have_text(re.compile(r"^[1-9]\d$"))
    expect(page.locator("[data-upload-state]")).to_have_text("Uploading")
    expect(page.locator("#current .name")).to_have_text("long.wav")
    expect(page.locator("#uploading")).to_be_hidden()


def test_an_upload_can_be_cancelled(page: Page) -> None:
    slow_down(page, 50_000)
    page.evaluate(DROP, ["long.wav", 2_000_000])
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#announcer")).to_have_text("The upload was cancelled; nothing was kept.")
    expect(page.locator("#file-form")).to_be_visible()
    assert not Transcript.objects.exists()


def test_a_file_that_is_no_audio_is_refused_in_the_apis_words(
    page: Page, complaints: Complaints, tmp_path: Path
) -> None:
    complaints.expect("415")
    document = tmp_path / "talk.wav"
    document.write_bytes(b"%PDF-1.7 and so on")
    upload(page, document)
    sentence = "The file begins like no audio or video container."
    expect(page.get_by_role("alert")).to_have_text(f"“talk.wav” was not accepted. {sentence}")
    upload(page)
    expect(page.get_by_role("alert")).to_be_hidden()
    expect(page.locator("#current .name")).to_have_text("two-sides.wav")


def test_an_empty_file_is_refused_and_nothing_else_is_said(page: Page, complaints: Complaints, tmp_path: Path) -> None:
    complaints.expect("400")
    (tmp_path / "empty.wav").touch()
    upload(page, tmp_path / "empty.wav")
    expect(page.get_by_role("alert")).to_have_text("The file is empty.")
    expect(page.locator("#announcer")).to_have_text("")


def test_a_file_over_the_limit_is_not_even_sent(page: Page) -> None:
    page.evaluate("document.getElementById('file-form').dataset.maxBytes = 10")
    upload(page)
    expect(page.get_by_role("alert")).to_have_text("The file is larger than the limit of 10 bytes.")


def test_a_lost_connection_is_said(page: Page, complaints: Complaints) -> None:
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    upload(page)
    expect(page.get_by_role("alert")).to_contain_text("Nothing was kept")


def test_an_address_is_taken(page: Page) -> None:
    page.get_by_text("Or give the address").click()
    page.get_by_label("Address").fill("https://example.com/talks/a.mp3")
    page.keyboard.press("Enter")
    expect(page.locator("#current .name")).to_have_text("example.com/talks/a.mp3")
    assert Transcript.objects.get().audio_url == "https://example.com/talks/a.mp3"


def test_an_address_that_is_refused_is_explained(page: Page, complaints: Complaints) -> None:
    complaints.expect("400")
    page.get_by_text("Or give the address").click()
    page.get_by_label("Address").fill("ftp://example.com/a.mp3")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("must be an http or https address")


class TestWithoutScript:
    """The same page in a browser that runs no script."""

    @pytest.fixture
    def page(self, chromium: Browser, live_server: LiveServer, user: User) -> Iterator[Page]:
        with chromium.new_context(java_script_enabled=False, base_url=live_server.url) as context:
            page = context.new_page()
            page.goto(sign_in_link(user, live_server.url))
            yield page

    def test_a_file_is_sent_by_the_plain_form(self, page: Page) -> None:
        upload(page)
        expect(page.locator(".badge")).to_have_text("Queued")
        assert page.url.endswith(f"/transcripts/{Transcript.objects.get().pk}/")

    def test_a_refusal_is_shown_on_the_page(self, page: Page, tmp_path: Path) -> None:
        document = tmp_path / "talk.wav"
        document.write_bytes(b"%PDF" + AUDIO)
        upload(page, document)
        expect(page.get_by_role("alert")).to_contain_text("begins like no audio or video container")
