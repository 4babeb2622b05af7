"""One transcript before the reader's eyes: as it moves, and what can be done with it."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import Complaints
from tests.browser.rows import complete, fail
from tests.factories import make_transcript, make_url_transcript
from transcripts.models import Transcript

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_failure_shows_itself_and_can_be_tried_again(page: Page, user: User) -> None:
    transcript = make_transcript(user)
    page.goto(f"/transcripts/{transcript.pk}/")
    expect(page.locator(".badge")).to_have_text("Queued")
    fail(transcript, "It is <b>silent</b>.")
    expect(page.locator(".problem")).to_have_text("It is <b>silent</b>.")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".badge")).to_have_text("Queued")


def test_a_row_of_the_list_moves_too(page: Page, user: User) -> None:
    transcript = make_url_transcript()
    Transcript.objects.filter(pk=transcript.pk).update(owner=user)
    page.reload()
    expect(page.locator(".row .badge")).to_have_text("Queued")
    complete(transcript, "Ask not what.")
    expect(page.locator(".row .badge")).to_have_text("Completed")
    expect(page.locator(".row .glimpse")).to_have_text("Ask not what.")


def test_what_it_waits_for_is_told_as_it_changes(page: Page, user: User) -> None:
    transcript = make_transcript(user)
    page.goto(f"/transcripts/{transcript.pk}/")
    expect(page.locator(".state")).to_contain_text("next to be sent")
    Transcript.objects.filter(pk=transcript.pk).update(waiting_for="provider")
    expect(page.locator(".state")).to_contain_text("does not answer at the moment")
    expect(page.locator(".state")).to_contain_text("Next try: Today")


def test_one_that_is_deleted_elsewhere_goes_away(page: Page, user: User, complaints: Complaints) -> None:
    complaints.expect("404")
    transcript = make_transcript(user)
    page.reload()
    expect(page.locator(".row")).to_have_count(1)
    Transcript.objects.filter(pk=transcript.pk).update(deleted_at=timezone.now())
    expect(page.locator(".row")).to_have_count(0)


def test_the_text_can_be_copied_and_downloaded(page: Page, user: User, tmp_path: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    transcript = make_transcript(user)
    complete(transcript, "Ask not what.\nAsk.")
    page.goto(f"/transcripts/{transcript.pk}/")
    page.get_by_role("button", name="Copy the text").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "Ask not what.\nAsk."
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as text").click()
    assert download.value.suggested_filename.endswith(".txt")
    assert Path(download.value.path()).read_text() == "Ask not what.\nAsk."


def test_deleting_asks_first(page: Page, user: User) -> None:
    transcript = make_transcript(user, title="A talk")
    page.reload()
    page.get_by_role("link", name="Delete A talk").click()
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("link", name="Delete A talk").click()
    expect(page.get_by_role("dialog")).to_contain_text("Delete “A talk”?")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("“A talk” was deleted.")).to_be_visible()
    transcript.refresh_from_db()
    assert transcript.deleted_at is not None
