"""The pages of callbacks in a browser, with a script and without."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from api_project.rest.sign_in import sign_in_link
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.told import DELIVERED, FAILED, attempt, make_event, make_failed
from webhooks.models import Delivery, Endpoint, Recovery
from webhooks.outbound.secrets import signing_secrets

pytestmark = pytest.mark.django_db(transaction=True)

LONG_URL = "https://93.184.215.14/hooks/" + "a-very-long-path" * 20 + "?token=" + "x" * 300


def add(page: Page, url: str = "https://93.184.215.14/hooks") -> str:
    """Add an endpoint, and return the secret that is shown."""
    page.goto("/")
    page.get_by_role("link", name="Webhooks").click()
    page.get_by_label("Address").fill(url)
    page.get_by_label("What it is for").fill("tickets")
    page.get_by_role("button", name="Add the endpoint").click()
    return page.get_by_label("The secret", exact=True).input_value()


def test_an_endpoint_is_added_and_its_secret_copied_and_not_shown_again(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    secret = add(page)
    assert signing_secrets(Endpoint.objects.get(), now=timezone.now()) == [secret]
    page.get_by_role("button", name="Copy the secret").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    assert secret not in page.url
    page.reload()
    expect(page.get_by_role("heading", name="tickets")).to_be_visible()
    assert secret not in page.content()
    assert "whsec_" not in page.evaluate("document.cookie")


def test_two_presses_add_one_endpoint(page: Page) -> None:
    page.goto("/webhook-endpoints/")
    page.get_by_label("Address").fill("https://93.184.215.14/hooks")
    page.get_by_role("button", name="Add the endpoint").dblclick()
    shown = page.get_by_label("The secret", exact=True).input_value()
    assert signing_secrets(Endpoint.objects.get(), now=timezone.now()) == [shown]


@pytest.mark.parametrize("script", [True, False])
def test_a_refused_form_is_in_sight_with_what_was_typed(
    script: bool, chromium: Browser, live_server: LiveServer, user: User
) -> None:
    for number in range(30):
        make_endpoint(url=f"https://93.184.215.14/{number}")
    with chromium.new_context(java_script_enabled=script, base_url=live_server.url) as context:
        page = context.new_page()
        page.goto(sign_in_link(user, live_server.url))
        page.goto("/webhook-endpoints/")
        page.get_by_role("heading", name="Add an endpoint").click()
        page.get_by_label("Address").fill("https://127.0.0.1/hooks")
        page.get_by_label("What it is for").fill("tickets")
        page.get_by_role("button", name="Add the endpoint").click()
        expect(page.get_by_role("alert")).to_be_in_viewport()
        expect(page.get_by_label("Address")).to_be_focused()
        expect(page.get_by_label("Address")).to_have_value("https://127.0.0.1/hooks")
        expect(page.get_by_label("What it is for")).to_have_value("tickets")


def test_the_default_secret_is_made_and_shown_once(page: Page) -> None:
    page.goto("/webhook-endpoints/")
    page.get_by_role("link", name="Make the default secret").click()
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_label("The secret", exact=True)).to_have_value(re.compile("^whsec_"))
    page.reload()
    expect(page.get_by_role("button", name="Make a new secret")).to_be_visible()
    assert "whsec_" not in page.content()


def test_events_are_chosen_where_not_everything_is_wanted(page: Page) -> None:
    add(page)
    page.get_by_text("Change it").click()
    failed = page.get_by_label("A transcript has failed")
    expect(failed).to_be_hidden()
    page.get_by_label("Only what is chosen here").check()
    failed.check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It is changed.")).to_be_visible()
    assert Endpoint.objects.get().event_types == ["transcript.error"]


def test_a_ping_is_followed_until_it_is_delivered(page: Page) -> None:
    add(page)
    page.get_by_role("button", name="Send a ping").click()
    expect(page.get_by_text("It is due now.")).to_be_visible()
    attempt(Endpoint.objects.get(), DELIVERED)
    expect(page.locator("#state .badge")).to_have_text("Delivered")
    expect(page.get_by_role("row", name="Today")).to_contain_text("200")
    page.get_by_text("The beginning of the answer").click()
    expect(page.locator("pre", has_text="Thanks")).to_be_visible()
    page.get_by_role("button", name="Deliver again").click()
    expect(page.get_by_text("It is sent again.")).to_be_visible()


def test_a_recovery_is_followed_until_it_is_done(page: Page, user: User) -> None:
    make_endpoint()
    endpoint = make_failed().endpoint
    Recovery.objects.create(endpoint=endpoint, since=timezone.now(), until=timezone.now())
    page.goto(f"/webhook-endpoints/{endpoint.pk}/")
    expect(page.get_by_text("0 deliveries so far")).to_be_visible()
    Recovery.objects.update(queued=7, finished_at=timezone.now())
    expect(page.get_by_text("7 deliveries were made again")).to_be_visible()


def test_the_moment_to_recover_from_is_in_the_readers_own_zone(
    chromium: Browser, live_server: LiveServer, user: User
) -> None:
    make_endpoint()
    failed = make_failed()
    Delivery.objects.filter(pk=failed.pk).update(created_at=timezone.now().replace(2026, 1, 2, 12, 0, 0, 0))
    with chromium.new_context(base_url=live_server.url, timezone_id="Asia/Kolkata") as context:
        page = context.new_page()
        page.goto(sign_in_link(user, live_server.url))
        page.goto(f"/webhook-endpoints/{failed.endpoint_id}/")
        since = page.get_by_label("Since", exact=True)
        expect(since).to_have_value("2026-01-02T17:30")
        since.fill("2026-01-02T06:00")
        page.get_by_role("button", name="Send again what failed").click()
        expect(page.get_by_text("What it missed is being sent again.")).to_be_visible()
    assert Recovery.objects.get().since.isoformat() == "2026-01-02T00:30:00+00:00"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_they_fit_a_phone(page: Page, user: User, scheme: str) -> None:
    endpoint = make_endpoint(url=LONG_URL, description="d" * 200)
    failed = make_failed()
    make_event(now=timezone.now() - timedelta(hours=1), said="x" * 500)
    attempt(endpoint, FAILED)
    page.set_viewport_size({"width": 320, "height": 640})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    of_endpoint = f"/webhook-endpoints/{endpoint.pk}/"
    addresses = [of_endpoint, f"{of_endpoint}delete/", f"{of_endpoint}new-secret/", "/webhook-endpoints/"]
    addresses.append("/webhook-endpoints/default-secret/")
    deliveries = [f"/deliveries/{pk}/" for pk in Delivery.objects.values_list("pk", flat=True)]
    assert failed.pk and len(deliveries) == 2
    for address in [*addresses, *deliveries, "/deliveries/"]:
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


def test_they_need_no_script(chromium: Browser, live_server: LiveServer, user: User) -> None:
    with chromium.new_context(java_script_enabled=False, base_url=live_server.url) as context:
        page = context.new_page()
        page.goto(sign_in_link(user, live_server.url))
        assert add(page).startswith("whsec_")
        expect(page.get_by_role("button", name="Copy the secret")).to_be_hidden()
        endpoint = Endpoint.objects.get()
        failed = make_failed()
        _deliver_again(page, endpoint, failed)
        _recover(page, endpoint)
        _switch(page)
        _delete(page)
    assert Endpoint.objects.get().deleted_at


def _deliver_again(page: Page, endpoint: Endpoint, failed: Delivery) -> None:
    page.goto("/webhook-endpoints/")
    page.get_by_role("link", name="1 failed").click()
    page.get_by_role("link", name="A transcript is completed").click()
    page.get_by_role("button", name="Deliver again").click()
    expect(page.get_by_text("It is sent again.")).to_be_visible()
    attempt(endpoint, DELIVERED)
    page.get_by_role("link", name="Look again").click()
    expect(page.locator("#state .badge")).to_have_text("Delivered")


def _recover(page: Page, endpoint: Endpoint) -> None:
    make_failed()
    page.goto(f"/webhook-endpoints/{endpoint.pk}/")
    page.get_by_label("Since (UTC)").fill("2026-01-02T06:00")
    page.get_by_role("button", name="Send again what failed").click()
    expect(page.get_by_text("What it missed is being sent again.")).to_be_visible()
    assert Recovery.objects.get().since.isoformat() == "2026-01-02T06:00:00+00:00"


def _switch(page: Page) -> None:
    page.get_by_role("button", name="Disable it").click()
    expect(page.get_by_text("You disabled it.")).to_be_visible()
    page.get_by_role("button", name="Enable it").click()
    page.get_by_role("link", name="New secret").click()
    page.get_by_role("button", name="Make a new secret").click()
    expect(page.get_by_label("The secret", exact=True)).to_be_visible()


def _delete(page: Page) -> None:
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("link", name="Keep it").click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("“tickets” is deleted.")).to_be_visible()
