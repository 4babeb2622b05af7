"""The page of all endpoints, as forms and pages; how it looks and feels is in tests/browser."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from uuid6 import uuid7

from tests.webhooks.outbound.factories import URL, make_endpoint
from tests.webhooks.outbound.pages import NEW, PAGE, current_secret, of, refused, sign_in, text
from tests.webhooks.outbound.told import fail, make_event
from webhooks.models import Delivery, Endpoint
from webhooks.outbound import endpoints
from webhooks.outbound.pages import presenting
from webhooks.outbound.pages.new_secrets import COOKIE

pytestmark = pytest.mark.django_db

ADDING_IS_OPEN = '<details class="card adding" open>'


@pytest.fixture
def ada(client: Client) -> Client:
    return sign_in(client)


def test_an_endpoint_is_added_and_its_secret_shown_once(ada: Client) -> None:
    response = ada.post(PAGE, NEW)
    endpoint = Endpoint.objects.get()
    assert (response.status_code, response["Location"]) == (302, of(endpoint))
    assert (endpoint.url, endpoint.description, endpoint.event_types) == (URL, "tickets", ["*"])
    assert (endpoint.payload, endpoint.owner.username) == ("summary", "ada")

    first, second = ada.get(of(endpoint)), ada.get(of(endpoint))
    assert current_secret(endpoint) in text(first) and "no-store" in first["Cache-Control"]
    assert "docs/receiving-webhooks.md" in text(first)
    assert "whsec_" not in text(second)


def test_the_cookie_of_a_new_secret_is_kept_from_scripts_other_pages_and_other_sites(ada: Client) -> None:
    ada.post(PAGE, NEW)
    cookie = ada.cookies[COOKIE]

    assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")
    assert cookie["path"] == of(Endpoint.objects.get())
    assert 0 < int(cookie["max-age"]) <= 60


@pytest.mark.parametrize("planted", ["whsec_planted", "<b>", "another's", "é"])
def test_what_is_not_its_secret_is_not_shown(ada: Client, planted: str) -> None:
    endpoint = make_endpoint()
    planted = current_secret(make_endpoint("grace")) if planted == "another's" else planted
    ada.cookies[COOKIE] = planted

    assert "The secret of this endpoint" not in text(ada.get(of(endpoint)))


def test_only_some_events_may_be_asked_for(ada: Client) -> None:
    some = {"told_of": "some", "event_types": ["transcript.completed", "transcript.error"], "payload": "full"}
    ada.post(PAGE, NEW | some)

    endpoint = Endpoint.objects.get()
    assert (endpoint.event_types, endpoint.payload) == (some["event_types"], "full")
    assert "A transcript is completed, A transcript has failed" in text(ada.get(PAGE))


def test_everything_is_everything_whatever_else_is_ticked(ada: Client) -> None:
    ada.post(PAGE, NEW | {"event_types": ["ping"]})

    assert Endpoint.objects.get().event_types == ["*"]


@pytest.mark.parametrize(
    "fields",
    [
        {"url": ""},
        {"url": "https://127.0.0.1/"},
        {"url": "http://93.184.215.14/"},
        {"url": "x" * 2049},
        {"url": "https://93.184.215.14/\0"},
        {"description": "x" * 201},
        {"description": "a\nb"},
        {"told_of": "some"},
        {"told_of": "some", "event_types": ["call.*"]},
        {"payload": "everything"},
        {"id": "7"},
    ],
)
def test_what_is_wrong_is_said_on_the_page(ada: Client, fields: dict[str, Any]) -> None:
    assert refused(ada.post(PAGE, NEW | fields)) == (400, True)
    assert not Endpoint.objects.exists()

    endpoint = make_endpoint()
    assert refused(ada.post(of(endpoint), NEW | fields)) == (400, True)
    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.description) == (URL, "")


def test_where_there_is_none_the_form_to_add_one_is_open(ada: Client) -> None:
    assert ADDING_IS_OPEN in text(ada.get(PAGE))
    make_endpoint()
    page = text(ada.get(PAGE))
    assert ADDING_IS_OPEN not in page and page.index("Add an endpoint") < page.index('class="rows"')


@pytest.mark.parametrize(
    ("fields", "focused"),
    [
        ({"url": "https://127.0.0.1/"}, "id_url"),
        ({"description": "a\nb", "told_of": "some"}, "id_description"),
        ({"told_of": "some"}, "id_event_types_0"),
        ({"payload": "everything"}, "id_payload_0"),
    ],
)
def test_a_refused_form_is_open_above_the_list_with_what_is_wrong_in_focus(
    ada: Client, fields: dict[str, Any], focused: str
) -> None:
    make_endpoint()
    page = text(ada.post(PAGE, NEW | fields))

    assert ADDING_IS_OPEN in page and page.index('role="alert"') < page.index('class="rows"')
    first = next(tag for tag in re.findall("<input[^>]*>", page) if " autofocus" in tag)
    assert f'id="{focused}"' in first and 'aria-invalid="true"' in first
    shown = html.escape(str((NEW | fields)["url"]))
    assert f'value="{shown}"' in page


def test_a_refused_address_is_described_by_what_is_wrong_with_it(ada: Client) -> None:
    page = text(ada.post(PAGE, NEW | {"url": ""}))

    assert 'aria-describedby="url-hint id_url_error"' in page and 'id="id_url_error"' in page


def test_what_no_field_is_to_blame_for_is_in_focus_itself(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "MAX_ENDPOINTS", 0)

    assert '<div class="problem" role="alert" tabindex="-1" autofocus>' in text(ada.post(PAGE, NEW))


def test_there_may_not_be_too_many(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "MAX_ENDPOINTS", 1)
    ada.post(PAGE, NEW)

    response = ada.post(PAGE, NEW)
    assert refused(response) == (409, True) and "already; delete one first." in text(response)
    assert f'value="{URL}"' in text(response)


def test_a_form_that_is_sent_twice_adds_one_endpoint_and_shows_its_secret(ada: Client) -> None:
    form = NEW | {"id": str(uuid7())}
    first, second = ada.post(PAGE, form), ada.post(PAGE, form)

    endpoint = Endpoint.objects.get()
    assert first["Location"] == second["Location"] == of(endpoint)
    assert current_secret(endpoint) in text(ada.get(of(endpoint)))


def test_a_form_that_is_sent_twice_at_the_limit_adds_one_endpoint(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "MAX_ENDPOINTS", 1)
    form = NEW | {"id": str(uuid7())}

    assert [ada.post(PAGE, form).status_code for _ in range(2)] == [302, 302]
    assert Endpoint.objects.count() == 1


def test_the_id_of_a_form_opens_nothing_that_is_there(ada: Client) -> None:
    old = make_endpoint(created_at=timezone.now() - timedelta(hours=1))
    other = make_endpoint("grace")
    for taken in (old, other):
        made = ada.post(PAGE, NEW | {"id": str(taken.pk)})["Location"]
        assert made not in (of(old), of(other))

    assert Endpoint.objects.count() == 4


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, [">Enabled<"]),
        ({"failing_from": timezone.now()}, [">Failing<", "Nothing but failures since"]),
        ({"disabled_reason": "gone"}, [">Disabled<", "It answered 410", "Disabled since"]),
        ({"disabled_reason": "failing"}, [">Disabled<", "failures for five days", "Disabled since"]),
    ],
)
def test_the_list_says_how_each_is(ada: Client, columns: dict[str, Any], words: list[str]) -> None:
    off = {"enabled": False, "disabled_at": timezone.now()} if "disabled_reason" in columns else {}
    Endpoint.objects.filter(pk=make_endpoint(description="<i>tickets</i>").pk).update(**columns, **off)
    page = text(ada.get(PAGE))

    assert "<bdi>93.184.215.14</bdi>" in page and "&lt;i&gt;tickets" in page and "<i>tickets" not in page
    assert all(word in page for word in words)


def test_the_list_counts_what_is_not_delivered_as_far_as_it_matters(
    ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presenting, "MOST_COUNTED", 2)
    make_endpoint()
    for _ in range(5):
        make_event()
    fail(*Delivery.objects.all()[:2])
    page = text(ada.get(PAGE))

    assert "2+ pending" in page and "2 failed" in page


def test_where_all_is_delivered_nothing_is_counted(ada: Client, django_assert_max_num_queries: Any) -> None:
    for _ in range(20):
        make_endpoint()
    with django_assert_max_num_queries(6):
        assert "pending" not in text(ada.get(PAGE))
