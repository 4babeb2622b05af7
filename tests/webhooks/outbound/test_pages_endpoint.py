"""The page of one endpoint, as forms and pages; how it looks and feels is in tests/browser."""

import re
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from uuid6 import uuid7

from tests.webhooks.outbound.factories import URL, make_endpoint
from tests.webhooks.outbound.pages import NEW, PAGE, current_secret, of, refused, sign_in, text
from tests.webhooks.outbound.told import make_event
from webhooks.models import Delivery, Endpoint, Event, SigningSecret
from webhooks.outbound.pages.new_secrets import COOKIE

pytestmark = pytest.mark.django_db

ACTIONS = ("", "switch/", "ping/", "recover/", "new-secret/", "delete/")


@pytest.fixture
def ada(client: Client) -> Client:
    return sign_in(client)


def test_whoever_is_not_signed_in_is_sent_to_sign_in(client: Client) -> None:
    paths = [PAGE, *(of(make_endpoint(), action) for action in ACTIONS)]

    assert all(client.post(path)["Location"].startswith("/sign-in/") for path in paths)
    assert client.get(PAGE)["Location"] == f"/sign-in/?next={PAGE}"


def test_forms_need_their_token() -> None:
    ada = sign_in(Client(enforce_csrf_checks=True))
    endpoint = make_endpoint()

    assert {ada.post(path, NEW).status_code for path in (PAGE, *(of(endpoint, a) for a in ACTIONS))} == {403}
    assert Endpoint.objects.filter(deleted_at=None, enabled=True).count() == 1 and not Event.objects.exists()


def test_anothers_endpoint_is_not_there(ada: Client) -> None:
    endpoint = make_endpoint("grace", description="of grace")

    assert "of grace" not in text(ada.get(PAGE))
    assert [ada.post(of(endpoint, action), NEW).status_code for action in ACTIONS] == [404] * len(ACTIONS)
    assert [ada.get(of(endpoint, action)).status_code for action in ("", "new-secret/", "delete/")] == [404] * 3
    assert Endpoint.objects.get().enabled and not Event.objects.exists()


@pytest.mark.parametrize("action", ["switch/", "ping/", "recover/"])
def test_reading_changes_nothing(ada: Client, action: str) -> None:
    assert ada.get(of(make_endpoint(), action)).status_code == 405


def test_an_endpoint_without_a_secret_has_a_page_and_is_given_one(ada: Client) -> None:
    endpoint = make_endpoint()
    SigningSecret.objects.all().delete()
    ada.cookies[COOKIE] = "whsec_planted"
    assert ada.get(of(endpoint)).status_code == 200

    page = text(ada.post(of(endpoint, "new-secret/"), follow=True))
    assert current_secret(endpoint) in page


@pytest.mark.parametrize(
    ("columns", "heading"),
    [
        ({"description": "<i>tickets"}, "<h1>&lt;i&gt;tickets</h1>"),
        ({}, "<h1>93.184.215.14/hooks</h1>"),
    ],
)
def test_the_heading_parts_it_from_others_at_the_same_host(ada: Client, columns: dict[str, str], heading: str) -> None:
    page = text(ada.get(of(make_endpoint(**columns))))

    assert heading in re.sub("<(?!/?h1)[^>]*>|\n", "", page)


def test_an_endpoint_is_changed(ada: Client) -> None:
    endpoint = make_endpoint(event_types=["ping"])
    fields = {"url": f"{URL}/new", "description": "b", "told_of": "some", "event_types": ["transcript.*"]}
    response = ada.post(of(endpoint), NEW | fields | {"payload": "ids"}, follow=True)

    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.description) == (f"{URL}/new", "b")
    assert (endpoint.event_types, endpoint.payload) == (["transcript.*"], "ids")
    assert "It is changed." in text(response)


def test_the_form_has_what_the_endpoint_has(ada: Client) -> None:
    some = text(ada.get(of(make_endpoint(event_types=["transcript.error"], payload="full"))))
    everything = text(ada.get(of(make_endpoint())))

    assert 'value="transcript.error" id="id_event_types_3" checked' in some and 'value="full"' in some
    assert 'value="*" id="id_told_of_0" required checked' in everything


def test_a_form_from_before_it_was_disabled_does_not_enable_it(ada: Client) -> None:
    endpoint = make_endpoint(enabled=False, disabled_reason="gone", disabled_at=timezone.now())
    ada.post(of(endpoint), NEW | {"description": "other"})

    endpoint.refresh_from_db()
    assert (endpoint.description, endpoint.enabled, endpoint.disabled_reason) == ("other", False, "gone")


def test_a_url_that_stays_is_not_refused_when_something_else_is_changed(ada: Client) -> None:
    endpoint = make_endpoint()
    Endpoint.objects.update(url="https://127.0.0.1/")
    ada.post(of(endpoint), NEW | {"url": "https://127.0.0.1/", "description": "other"})

    endpoint.refresh_from_db()
    assert endpoint.description == "other"


def test_an_endpoint_is_disabled_and_enabled(ada: Client) -> None:
    endpoint = make_endpoint()
    off = text(ada.post(of(endpoint, "switch/"), {"enabled": "false"}, follow=True))
    assert "You disabled it." in off and "Enable it" in off and "Send a ping" not in off
    endpoint.refresh_from_db()
    assert not endpoint.enabled

    on = text(ada.post(of(endpoint, "switch/"), {"enabled": "true"}, follow=True))
    endpoint.refresh_from_db()
    assert endpoint.enabled and "Disable it" in on


def test_a_ping_leads_to_its_delivery(ada: Client) -> None:
    endpoint = make_endpoint(event_types=["transcript.*"])
    response = ada.post(of(endpoint, "ping/"))

    delivery = Delivery.objects.get()
    assert response["Location"] == f"/deliveries/{delivery.pk}/"
    assert (delivery.endpoint, delivery.event.type) == (endpoint, "ping")


def test_one_that_is_disabled_is_not_pinged(ada: Client) -> None:
    response = ada.post(of(make_endpoint(enabled=False), "ping/"))

    assert refused(response) == (409, True) and "Enable it first." in text(response)


def test_a_new_secret_is_made_after_a_question_and_shown_once(ada: Client) -> None:
    endpoint = make_endpoint()
    old = current_secret(endpoint)
    assert "The old one signs beside it for 24 hours" in text(ada.get(of(endpoint, "new-secret/")))
    assert current_secret(endpoint) == old

    page = text(ada.post(of(endpoint, "new-secret/"), follow=True))
    assert current_secret(endpoint) in page and old not in page and "the one before signs beside it until" in page
    assert "whsec_" not in text(ada.get(of(endpoint)))


def test_after_two_presses_the_latest_secret_is_shown(ada: Client) -> None:
    endpoint = make_endpoint()
    for _ in range(2):
        ada.post(of(endpoint, "new-secret/"))

    assert current_secret(endpoint) in text(ada.get(of(endpoint)))


def test_an_endpoint_is_deleted_after_a_question(ada: Client) -> None:
    endpoint = make_endpoint()
    assert "Delete “<bdi>93.184.215.14/hooks</bdi>”?" in text(ada.get(of(endpoint, "delete/")))

    page = text(ada.post(of(endpoint, "delete/"), follow=True))
    assert "“<bdi>93.184.215.14/hooks</bdi>” is deleted." in page and "None yet." in page
    assert Endpoint.objects.get().deleted_at
    assert ada.get(of(endpoint)).status_code == 404


def test_a_second_press_on_delete_harms_nobody(ada: Client) -> None:
    endpoint = make_endpoint()
    ada.post(of(endpoint, "delete/"))

    assert ada.post(of(endpoint, "delete/"))["Location"] == PAGE
    assert ada.post(f"{PAGE}{uuid7()}/delete/").status_code == 404


def test_the_pages_endpoint_has_its_own_deliveries_alone(ada: Client) -> None:
    one, other = make_endpoint(event_types=["ping"]), make_endpoint(event_types=["transcript.*"])
    delivery: UUID = make_event().deliveries.values_list("pk", flat=True).get()

    assert f"/deliveries/{delivery}/" in text(ada.get(of(other)))
    assert f"/deliveries/{delivery}/" not in text(ada.get(of(one)))
