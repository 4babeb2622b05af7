"""The operator's pages in a browser: our policy lets them work, and lets nothing else."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.told import FAILED, attempt, make_event, make_failed
from webhooks.models import Delivery, Endpoint

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def operator(page: Page, user: User) -> Page:
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    return page


def test_what_failed_is_found_and_delivered_again(operator: Page) -> None:
    endpoint = make_endpoint()
    failed = make_failed()
    make_event()
    attempt(endpoint, FAILED)

    operator.goto("/admin/")
    operator.get_by_role("link", name="Deliveries").first.click()
    operator.get_by_role("link", name="Failed", exact=True).click()
    operator.get_by_role("checkbox", name="Select all objects on this page for an action").check()
    operator.locator("select[name=action]").select_option("Deliver again")
    operator.get_by_role("button", name="Go").click()
    expect(operator.get_by_text("1 of 1 are due again.")).to_be_visible()
    failed.refresh_from_db()
    assert failed.status == Delivery.Status.PENDING


@pytest.mark.parametrize("name", ["endpoint", "event", "delivery", "attempt"])
def test_each_page_is_shown_whole(name: str, operator: Page) -> None:
    endpoint = make_endpoint()
    make_event()
    attempt(endpoint, FAILED)

    operator.goto(f"/admin/webhooks/{name}/")
    operator.locator("th.field-short_id a").first.click()
    expect(operator.get_by_role("heading", name="View", exact=False).first).to_be_visible()
    operator.get_by_role("button", name="Toggle theme", exact=False).first.click()


@pytest.mark.parametrize("name", ["endpoint", "event", "delivery", "attempt"])
def test_lists_fit_a_laptop(name: str, operator: Page) -> None:
    endpoint = make_endpoint()
    make_failed(reason="endpoint_disabled")
    make_event()
    attempt(endpoint, FAILED)
    Endpoint.objects.update(url="https://a-long-name-of-a-host.receivers.example.com/hooks")

    operator.set_viewport_size({"width": 1280, "height": 720})
    operator.goto(f"/admin/webhooks/{name}/")
    width, room = operator.locator(".results").evaluate("(it) => [it.scrollWidth, it.clientWidth]")
    assert width <= room
    assert all(row.bounding_box()["height"] < 60 for row in operator.locator("#result_list tbody tr").all())  # type: ignore[index]


def test_a_user_is_given_an_address(operator: Page, user: User) -> None:
    operator.goto(f"/admin/auth/user/{user.pk}/change/")
    operator.get_by_label("Email address").fill("ada@example.com")
    operator.get_by_role("button", name="Save", exact=True).click()
    expect(operator.get_by_text("was changed successfully")).to_be_visible()
    user.refresh_from_db()
    assert user.email == "ada@example.com"


def test_signing_out_leads_to_our_own_page(operator: Page) -> None:
    operator.goto("/admin/")
    operator.get_by_role("button", name="Log out").click()
    expect(operator.get_by_role("button", name="Sign in")).to_be_visible()
