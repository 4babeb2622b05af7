"""The way that the description tells a newcomer, gone in Swagger UI to its end: sign in, send, watch, read."""

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import BrowserContext, Locator, Page, expect

from api_project.environment import BASE_DIR
from sandbox.speech.stub import stub_words
from tests.browser.conftest import Complaints

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "correct horse battery staple"
RECORDING = BASE_DIR / "docs" / "examples" / "hello.wav"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ID_IN_ANSWER = re.compile(rf'"id": "({UUID.pattern})"')


@pytest.fixture
def password(user: User) -> str:
    user.set_password(PASSWORD)
    user.save()
    return PASSWORD


def unfold(page: Page, name: str) -> Locator:
    """Open an operation by its summary."""
    operation = page.locator(".opblock", has=page.get_by_text(name, exact=True))
    operation.locator(".opblock-summary").click()
    return operation


def execute(operation: Locator) -> Locator:
    """Press the button, and return what came back."""
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table tr.response")
    expect(answer).to_be_visible()
    return answer


def test_from_signing_in_to_the_text(
    context: BrowserContext, complaints: Complaints, user: User, password: str, worker: None
) -> None:
    before = context.new_page()
    before.goto("/api/docs/")
    # Swagger UI opens the links of its prose in tabs of their own.
    with context.expect_page() as opened:
        before.get_by_role("link", name="sign in", exact=True).click()
    page = opened.value
    page.get_by_label("User name").fill(user.username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Speech to text")).to_be_visible()

    create = unfold(page, "Transcribe audio")
    create.locator("input[type=file]").set_input_files(RECORDING)
    answer = execute(create)
    expect(answer).to_contain_text("202")
    found = ID_IN_ANSWER.search(answer.inner_text())
    assert found

    watch = unfold(page, "Get a transcript")
    watch.get_by_placeholder("transcript_id").fill(found[1])
    watch.get_by_placeholder("Prefer").fill("wait=60")
    expect(execute(watch)).to_contain_text('"status": "completed"')

    read = unfold(page, "Get the text alone")
    read.get_by_placeholder("transcript_id").fill(found[1])
    expect(execute(read)).to_contain_text(" ".join(word.text for word in stub_words(RECORDING)), ignore_case=True)
