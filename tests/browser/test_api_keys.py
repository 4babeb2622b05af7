"""The page of API keys in a browser, with a script and without."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from api_project.rest.api_keys.selectors import api_key_find
from api_project.rest.api_keys.services import api_key_create
from api_project.rest.models import ApiKey
from api_project.rest.sign_in import sign_in_link

pytestmark = pytest.mark.django_db(transaction=True)


def make(page: Page, name: str = "import") -> str:
    page.goto("/")
    page.get_by_role("link", name="API keys").click()
    page.get_by_label("What it is for").fill(name)
    page.get_by_label("What it may do").select_option("Read only")
    page.get_by_role("button", name="Make the key").click()
    return page.get_by_label("The new key").input_value()


def test_a_key_is_made_copied_and_not_shown_again(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    key = make(page)
    row = api_key_find(key=key)
    assert row is not None and row.scope == "read"
    page.get_by_role("button", name="Copy the key").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == key
    assert key not in page.url
    page.reload()
    expect(page.get_by_text("Keys in use")).to_be_visible()
    assert key not in page.content()
    assert page.evaluate("document.cookie").count("stt_") == 0


def test_times_are_the_readers_own(page: Page) -> None:
    make(page)
    page.goto("/api-keys/")
    expect(page.get_by_text("Made Today, ")).to_be_visible()
    assert "UTC" not in page.locator(".rows").inner_text()


def test_a_key_is_revoked_after_a_question(page: Page) -> None:
    make(page)
    page.get_by_role("link", name="Revoke import").click()
    page.get_by_role("link", name="Keep it").click()
    page.get_by_role("link", name="Revoke import").click()
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("“import” is revoked.")).to_be_visible()
    assert ApiKey.objects.get().revoked_at is not None
    page.get_by_text("Expired and revoked keys").click()
    expect(page.locator(".ended .badge")).to_have_text("Revoked")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(page: Page, user: User, scheme: str) -> None:
    api_key_create(user=user, name="a" * 100, scope="write")
    page.set_viewport_size({"width": 320, "height": 640})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    make(page, "b" * 100)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_it_needs_no_script(chromium: Browser, live_server: LiveServer, user: User) -> None:
    with chromium.new_context(java_script_enabled=False, base_url=live_server.url) as context:
        page = context.new_page()
        page.goto(sign_in_link(user, live_server.url))
        key = make(page)
        assert api_key_find(key=key) is not None
        expect(page.get_by_role("button", name="Copy the key")).to_be_hidden()
        page.get_by_role("link", name="Revoke import").click()
        page.get_by_role("button", name="Revoke").click()
        expect(page.get_by_text("“import” is revoked.")).to_be_visible()
