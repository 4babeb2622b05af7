"""The pages of endpoints, as forms and pages; how they look and feel is in tests/browser."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from uuid6 import uuid7

from tests.factories import make_user
from tests.webhooks.outbound.factories import URL, make_endpoint
from tests.webhooks.outbound.told import fail, make_event, make_failed
from webhooks.models import Delivery, Endpoint, Event, Recovery
from webhooks.outbound import endpoints
from webhooks.outbound.pages import presenting
from webhooks.outbound.pages.new_secrets import COOKIE
from webhooks.outbound.secrets import signing_secrets

pytestmark = pytest.mark.django_db

PAGE = "/webhook-endpoints/"
NEW = {"url": URL, "description": "tickets", "told_of": "*", "payload": "summary"}
ACTIONS = ("", "switch/", "ping/", "recover/", "new-secret/", "delete/")


@pytest.fixture
def ada(client: Client) -> Client:
    return sign_in(client)


def sign_in(client: Client) -> Client:
    client.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def of(endpoint: Endpoint, action: str = "") -> str:
    return f"{PAGE}{endpoint.pk}/{action}"


def text(response: Any) -> str:
    content: str = response.content.decode()
    return content


def refused(response: Any) -> tuple[int, bool]:
    return response.status_code, 'role="alert"' in text(response)


def current_secret(endpoint: Endpoint) -> str:
    return signing_secrets(Endpoint.objects.get(pk=endpoint.pk), now=timezone.now())[0]


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


def test_an_endpoint_is_turned_off_and_on(ada: Client) -> None:
    endpoint = make_endpoint()
    off = text(ada.post(of(endpoint, "switch/"), {"enabled": "false"}, follow=True))
    assert "You turned it off." in off and "Turn it on" in off and "Send a ping" not in off
    endpoint.refresh_from_db()
    assert not endpoint.enabled

    on = text(ada.post(of(endpoint, "switch/"), {"enabled": "true"}, follow=True))
    endpoint.refresh_from_db()
    assert endpoint.enabled and "Turn it off" in on


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, [">On<"]),
        ({"failing_from": timezone.now()}, [">Failing<", "Nothing but failures since"]),
        ({"disabled_reason": "gone"}, [">Off<", "It answered 410", "Off since"]),
        ({"disabled_reason": "failing"}, [">Off<", "failures for five days", "Off since"]),
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

    assert "2+ waiting" in page and "2 failed" in page


def test_where_all_is_delivered_nothing_is_counted(ada: Client, django_assert_max_num_queries: Any) -> None:
    for _ in range(20):
        make_endpoint()
    with django_assert_max_num_queries(6):
        assert "waiting" not in text(ada.get(PAGE))


def test_a_ping_leads_to_its_delivery(ada: Client) -> None:
    endpoint = make_endpoint(event_types=["transcript.*"])
    response = ada.post(of(endpoint, "ping/"))

    delivery = Delivery.objects.get()
    assert response["Location"] == f"/deliveries/{delivery.pk}/"
    assert (delivery.endpoint, delivery.event.type) == (endpoint, "ping")


def test_one_that_is_off_is_not_pinged(ada: Client) -> None:
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
    assert "Delete “<bdi>93.184.215.14</bdi>”?" in text(ada.get(of(endpoint, "delete/")))

    page = text(ada.post(of(endpoint, "delete/"), follow=True))
    assert "“<bdi>93.184.215.14</bdi>” is deleted." in page and "None yet." in page
    assert Endpoint.objects.get().deleted_at
    assert ada.get(of(endpoint)).status_code == 404


def test_a_second_press_on_delete_harms_nobody(ada: Client) -> None:
    endpoint = make_endpoint()
    ada.post(of(endpoint, "delete/"))

    assert ada.post(of(endpoint, "delete/"))["Location"] == PAGE
    assert ada.post(f"{PAGE}{uuid7()}/delete/").status_code == 404


def test_what_failed_is_sent_again_since_a_moment(ada: Client) -> None:
    endpoint = make_endpoint()
    make_failed(now=timezone.now() - timedelta(days=2))
    assert "Send again what failed" in text(ada.get(of(endpoint)))
    since = f"{timezone.now() - timedelta(days=3):%Y-%m-%dT%H:%M}"

    page = text(ada.post(of(endpoint, "recover/"), {"since": since}, follow=True))
    recovery = Recovery.objects.get()
    assert f"{recovery.since:%Y-%m-%dT%H:%M%z}" == f"{since}+0000"
    assert "What failed is being made again, 0 deliveries so far" in page

    Recovery.objects.update(queued=1, finished_at=timezone.now(), is_cut_off=True)
    page = text(ada.get(of(endpoint)))
    assert "1 delivery was made again" in page and "There is more" in page


def test_a_script_may_say_the_moment_with_its_zone(ada: Client) -> None:
    endpoint = make_endpoint()
    fields = {"since": "2026-01-02T12:00", "moment": "2026-01-02T10:00:00+01:00"}
    ada.post(of(endpoint, "recover/"), fields)

    assert Recovery.objects.get().since.isoformat() == "2026-01-02T09:00:00+00:00"


@pytest.mark.parametrize("moment", ["", "yesterday", "2026-01-02T10:00", "0001-01-01T00:00:00+14:00"])
def test_what_is_no_moment_with_a_zone_is_passed_over(ada: Client, moment: str) -> None:
    ada.post(of(make_endpoint(), "recover/"), {"since": "2026-01-02T12:00", "moment": moment})

    assert Recovery.objects.get().since.isoformat() == "2026-01-02T12:00:00+00:00"


@pytest.mark.parametrize("since", ["", "yesterday", "9999-01-01T00:00"])
def test_what_is_no_moment_is_said_at_the_form(ada: Client, since: str) -> None:
    make_endpoint()
    endpoint = make_failed().endpoint

    assert refused(ada.post(of(endpoint, "recover/"), {"since": since})) == (400, True)
    assert not Recovery.objects.exists()


def test_one_recovery_runs_at_a_time_and_none_where_it_is_off(ada: Client) -> None:
    make_endpoint()
    endpoint = make_failed().endpoint
    since = {"since": "2026-01-02T12:00"}
    ada.post(of(endpoint, "recover/"), since)
    again = ada.post(of(endpoint, "recover/"), since)
    assert refused(again) == (409, True) and "only one recovery runs at a time" in text(again)

    Recovery.objects.all().delete()
    Endpoint.objects.update(enabled=False, disabled_reason="owner", disabled_at=timezone.now())
    off = ada.post(of(endpoint, "recover/"), since)
    assert refused(off) == (409, True) and "Enable it first." in text(off)


def test_where_nothing_failed_nothing_is_offered_to_be_sent_again(ada: Client) -> None:
    endpoint = make_endpoint()
    make_event()

    assert "Send again what failed" not in text(ada.get(of(endpoint)))


def test_the_pages_endpoint_has_its_own_deliveries_alone(ada: Client) -> None:
    one, other = make_endpoint(event_types=["ping"]), make_endpoint(event_types=["transcript.*"])
    delivery: UUID = make_event().deliveries.values_list("pk", flat=True).get()

    assert f"/deliveries/{delivery}/" in text(ada.get(of(other)))
    assert f"/deliveries/{delivery}/" not in text(ada.get(of(one)))
