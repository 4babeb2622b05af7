"""Getting to the page, and using it in whatever way people do."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from api_project.rest.sign_in import sign_in_link
from tests.browser.conftest import Complaints
from tests.browser.rows import complete, fail
from tests.factories import make_transcript
from transcripts.models import Transcript

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_link_signs_in_once(
    context: BrowserContext, live_server: LiveServer, user: User, complaints: Complaints
) -> None:
    link = sign_in_link(user, live_server.url)
    page = context.new_page()
    page.goto(link)
    expect(page.get_by_role("heading", name="Turn speech into text")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    complaints.expect("403")
    page.goto(link)
    expect(page.get_by_role("heading", name="This link is not valid any more")).to_be_visible()


def test_a_password_signs_in(context: BrowserContext, user: User) -> None:
    user.set_password("correct horse battery")
    user.save()
    page = context.new_page()
    page.goto("/")
    page.get_by_label("User name").fill(user.username)
    page.get_by_label("Password").fill("correct horse battery")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Turn speech into text")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(page: Page, user: User, scheme: str) -> None:
    complete(make_transcript(user, title="A" * 150), "Ask not what. " * 20)
    fail(make_transcript(user), "https://example.com/" + "a" * 200)
    page.set_viewport_size({"width": 320, "height": 640})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for path in ["/", *(f"/transcripts/{transcript.pk}/" for transcript in Transcript.objects.all())]:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_it_can_be_used_by_keys_alone(page: Page) -> None:
    focused = "() => document.activeElement.textContent.trim() || document.activeElement.id"
    stops = []
    for _ in range(10):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(focused))
    assert stops == [
        "Skip to the content",
        "Speech to text",
        "Webhooks",
        "API keys",
        "API docs",
        "Sign out",
        "file",
        "Options",
        "Transcribe",
        "Or give the address of a recording",
    ]


def test_a_script_put_into_the_page_does_not_run(page: Page, complaints: Complaints) -> None:
    complaints.expect("Content Security Policy")
    page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "document.title = 'taken over'";
        document.body.append(script);
    }""")
    assert page.title() == "Speech to text"
    assert complaints.heard("Content Security Policy")
