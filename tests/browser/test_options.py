"""Asking for options on the page."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Complaints
from tests.browser.test_uploading import WAV
from tests.transcripts.test_page_options import ASKED
from transcripts.models import Transcript

pytestmark = pytest.mark.django_db(transaction=True)


def fill_in(page: Page, prefix: str) -> None:
    page.locator(f"#{prefix}-title").fill("Weekly meeting")
    page.locator(f"#{prefix}-language").select_option("de")
    page.locator(f"#{prefix}-speakers").check()
    page.locator(f"#{prefix}-channels").check()
    page.locator(f"#{prefix}-terms").fill("Ada Lovelace\n\nAnalytical Engine, Babbage")


def test_a_file_is_sent_with_what_was_asked(page: Page) -> None:
    page.get_by_text("Options", exact=True).first.click()
    fill_in(page, "file")
    page.set_input_files("#file", WAV)
    page.get_by_role("button", name="Transcribe").first.click()
    expect(page.locator("#current article .name")).to_have_text("Weekly meeting")
    assert Transcript.objects.get().options == ASKED
    expect(page.locator("#file-title")).to_have_value("")


def test_an_address_is_sent_with_what_was_asked(page: Page) -> None:
    page.get_by_text("Or give the address").click()
    page.locator("#audio-url").fill("https://example.com/a.mp3")
    page.get_by_text("Options", exact=True).last.click()
    fill_in(page, "address")
    page.get_by_role("button", name="Transcribe").last.click()
    expect(page.locator("#current article .name")).to_have_text("Weekly meeting")
    assert Transcript.objects.get().options == ASKED


def test_what_is_wrong_is_said_and_nothing_is_lost(page: Page, complaints: Complaints) -> None:
    complaints.expect("400 (Bad Request)")
    page.get_by_text("Options", exact=True).first.click()
    page.locator("#file-terms").fill("one two three four five six seven")
    page.set_input_files("#file", WAV)
    page.get_by_role("button", name="Transcribe").first.click()
    expect(page.locator("#problem")).to_have_text("A key term has one to six words.")
    expect(page.locator("#file-terms")).to_have_value("one two three four five six seven")
    assert not Transcript.objects.exists()
