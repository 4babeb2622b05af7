"""What the operator sees at /admin/ of callbacks, and what not even they see."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from api_project.operating import paginating
from tests.factories import make_user
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.told import FAILED, attempt, fail, make_event, make_failed
from webhooks import admin
from webhooks.models import Attempt, Delivery, DeliverySlot, Endpoint, Event, EventPayload, SigningSecret
from webhooks.outbound.endpoints import endpoint_delete
from webhooks.outbound.repairing import delivery_redeliver
from webhooks.outbound.taking import take_due

pytestmark = pytest.mark.django_db

MARK = "qzmarkerqz"
LISTS = ("endpoint", "event", "delivery", "attempt")


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def operator() -> Client:
    return sign_in(User.objects.create_superuser("operator"))


def at(name: str, pk: Any = None, query: str = "") -> str:
    return f"/admin/webhooks/{name}/" + (f"{pk}/change/" if pk else "") + query


def deliver_again(client: Client, *deliveries: Delivery) -> Any:
    chosen = [str(delivery.pk) for delivery in deliveries]
    return client.post(at("delivery"), {"action": "redeliver", "_selected_action": chosen}, follow=True)


@pytest.fixture
def marked() -> dict[str, Any]:
    """One of each, with a mark wherever a word of a user, a secret or an answer stands."""
    endpoint = make_endpoint()
    event = make_event()
    delivery = attempt(endpoint, FAILED)
    Endpoint.objects.update(url=f"https://receiver.example.com/{MARK}?key={MARK}", description=MARK)
    SigningSecret.objects.update(sealed=MARK)
    EventPayload.objects.update(body=MARK)
    Delivery.objects.update(url=f"https://receiver.example.com/{MARK}")
    Attempt.objects.update(answer=MARK, detail=MARK)
    return {"endpoint": endpoint.pk, "event": event.pk, "delivery": delivery.pk, "attempt": Attempt.objects.get().pk}


def test_whoever_is_not_signed_in_signs_in_where_everybody_does() -> None:
    response = Client().get(at("delivery"), follow=True)

    assert response.redirect_chain[-1][0] == "/sign-in/?next=/admin/webhooks/delivery/"
    assert Client().get("/admin/login/").url == "/sign-in/?next=/admin/"  # type: ignore[attr-defined]


def test_whoever_is_no_operator_is_turned_away() -> None:
    make_endpoint()
    failed = make_failed()
    client = sign_in(make_user())

    for path in ("/admin/", at("delivery"), at("delivery", failed.pk)):
        assert client.get(path, follow=True).status_code == 403
    assert deliver_again(client, failed).status_code == 403
    failed.refresh_from_db()
    assert failed.status == "failed"


def test_staff_without_rights_see_nothing() -> None:
    client = sign_in(User.objects.create_user("clerk", is_staff=True))

    assert client.get("/admin/").status_code == 200
    assert {client.get(at(name)).status_code for name in LISTS} == {403}


def test_the_operator_is_led_on_from_signing_in(operator: Client) -> None:
    assert operator.get("/admin/login/").url == "/admin/"  # type: ignore[attr-defined]
    assert "Deliveries" in operator.get("/admin/").content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_states_are_shown_and_no_words_of_anybody(name: str, operator: Client, marked: dict[str, Any]) -> None:
    pages = [operator.get(at(name)), operator.get(at(name, marked[name]))]

    for page in pages:
        assert page.status_code == 200
        assert str(marked[name]) in page.content.decode()
        assert MARK not in page.content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_nothing_can_be_made_changed_or_deleted(name: str, operator: Client, marked: dict[str, Any]) -> None:
    assert operator.get(f"{at(name)}add/").status_code == 403
    assert operator.post(at(name, marked[name]), {"status": "delivered"}).status_code == 403
    assert operator.post(f"{at(name)}{marked[name]}/delete/", {"post": "yes"}).status_code == 403
    assert "delete_selected" not in operator.get(at(name)).content.decode()


@pytest.mark.parametrize(
    ("name", "query", "shown"),
    [
        ("delivery", "?status__exact=failed", True),
        ("delivery", "?status__exact=delivered", False),
        ("delivery", "?reason__exact=connection_failed", True),
        ("delivery", "?reason__exact=timeout", False),
        ("delivery", "?type=transcript.completed", True),
        ("delivery", "?type=ping", False),
        ("event", "?type=transcript.completed", True),
        ("event", "?type=ping", False),
        ("delivery", "?q=ada", True),
        ("delivery", "?q=bob", False),
        ("delivery", "?q=019", False),
    ],
)
def test_lists_are_narrowed_down(name: str, query: str, shown: bool, operator: Client) -> None:
    make_endpoint()
    failed = make_failed()
    wanted = str(failed.pk if name == "delivery" else failed.event_id)

    assert (wanted in operator.get(at(name, query=query)).content.decode()) == shown


def test_no_list_counts_all_its_rows(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paginating, "MOST_COUNTED", 2)
    make_endpoint()
    failed = [make_failed() for _ in range(3)]

    with CaptureQueriesContext(connection) as queries:
        page = operator.get(at("delivery")).content.decode()
    counts = [query["sql"] for query in queries if "COUNT(" in query["sql"]]
    assert len(counts) == 1 and "LIMIT 2" in counts[0]
    assert all(str(delivery.pk) in page for delivery in failed)


@pytest.mark.parametrize(
    ("name", "query", "index"),
    [
        ("delivery", "?status__exact=failed", "webhooks_delivery_failed"),
        ("delivery", "?reason__exact=timeout", "webhooks_delivery_by_reason"),
        ("attempt", "?reason__exact=timeout", "webhooks_attempt_by_reason"),
    ],
)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads a few rows as they stand")
def test_what_failed_is_read_from_an_index(name: str, query: str, index: str, operator: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        operator.get(at(name, query=query))
    listed = [
        entry["sql"]
        for entry in queries
        if f'"webhooks_{name}"."reason" = ' in entry["sql"] or "'failed'" in entry["sql"]
    ]
    assert listed
    for sql in listed:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            assert index in str(cursor.fetchall())


def test_endpoints_say_how_they_are_and_what_they_are_for(operator: Client) -> None:
    make_endpoint(url="https://93.184.215.20:443", kind="origin")
    gone = make_endpoint(enabled=False, disabled_reason="gone", disabled_at=timezone.now())
    deleted = make_endpoint()
    endpoint_delete(endpoint=deleted)
    page = operator.get(at("endpoint")).content.decode()

    assert all(words in page for words in ("origin (webhook_url)", "registered", "disabled: gone", ">deleted<"))
    assert "93.184.215.20" in page and f"…{str(gone.pk)[-12:]}" in page
    for query, shown in (("no", [gone]), ("yes", [deleted])):
        found = operator.get(at("endpoint", query=f"?deleted={query}")).content.decode()
        assert [row for row in (gone, deleted) if str(row.pk) in found] == shown


def test_deliveries_say_which_host_they_go_to_and_no_more(operator: Client) -> None:
    endpoint = make_endpoint()
    make_failed()
    Endpoint.objects.update(url="https://ada:pass@receiver.example.com/hooks")
    page = operator.get(at("delivery")).content.decode()
    assert ">receiver.example.com<" in page and "pass" not in page.replace("password", "") and "/hooks" not in page
    assert "connection_failed" in page

    page = operator.get(at("endpoint", endpoint.pk)).content.decode()
    assert "https://receiver.example.com<" in page and "ada:" not in page
    Endpoint.objects.update(url="https://[")
    assert operator.get(at("endpoint", endpoint.pk)).status_code == 200
    assert operator.get(at("delivery")).status_code == operator.get(at("endpoint")).status_code == 200
    endpoint_delete(endpoint=endpoint)
    assert ">deleted<" in operator.get(at("delivery")).content.decode()


def test_a_delivery_is_found_by_any_id_of_it(operator: Client) -> None:
    endpoint = make_endpoint()
    failed, other = make_failed(), make_failed()

    for wanted in (failed.pk, failed.event_id):
        text = operator.get(at("delivery", query=f"?q={wanted}")).content.decode()
        assert str(failed.pk) in text and str(other.pk) not in text
    assert str(other.pk) in operator.get(at("delivery", query=f"?q={endpoint.pk}")).content.decode()


def test_the_chosen_are_delivered_again_and_that_is_noted(operator: Client) -> None:
    make_endpoint()
    chosen, left = make_failed(), make_failed()
    DeliverySlot.objects.update(next_attempt_at=None)

    assert "1 of 1 are due again." in deliver_again(operator, chosen).content.decode()
    assert [Delivery.objects.get(pk=row.pk).status for row in (chosen, left)] == ["pending", "failed"]
    assert DeliverySlot.objects.exclude(next_attempt_at=None).exists()
    assert LogEntry.objects.get().object_id == str(chosen.pk)


def test_what_cannot_be_delivered_again_says_why(operator: Client) -> None:
    make_endpoint()
    erased, kept = make_failed(), make_failed()
    Event.objects.filter(pk=erased.event_id).update(erased_at=timezone.now())

    text = deliver_again(operator, erased, kept).content.decode()
    assert "1 of 2 are due again." in text and "was deleted" in text
    assert Delivery.objects.get(pk=erased.pk).status == "failed"


def test_what_is_being_tried_is_passed_over_and_that_is_said(operator: Client) -> None:
    endpoint = make_endpoint()
    make_event()
    ((held,), _) = take_due(endpoint.pk, limit=1, now=timezone.now())

    text = deliver_again(operator, held, make_failed()).content.decode()
    assert "1 of 2 are due again." in text and f"{held.pk}: It is being tried at this moment." in text


def test_what_went_with_its_owner_meanwhile_is_said(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_endpoint()
    gone, kept = make_failed(), make_failed()

    def erased_meanwhile(*, delivery: Delivery) -> Delivery:
        Delivery.objects.filter(pk=gone.pk).delete()
        return delivery_redeliver(delivery=delivery)

    monkeypatch.setattr(admin, "delivery_redeliver", erased_meanwhile)
    text = deliver_again(operator, gone, kept).content.decode()
    assert "1 of 2 are due again." in text and f"{gone.pk} is not there any more." in text


def test_not_all_there_is_can_be_chosen(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin, "MOST_REDELIVERED", 1)
    make_endpoint()
    chosen = [make_failed(), make_failed()]

    assert "No more than 1 at a time." in deliver_again(operator, *chosen).content.decode()
    assert not Delivery.objects.filter(status="pending").exists()


def test_whoever_may_only_look_delivers_nothing_again() -> None:
    clerk = User.objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.set(_may("view_delivery"))
    make_endpoint()
    failed = make_failed()
    client = sign_in(clerk)

    assert str(failed.pk) in client.get(at("delivery")).content.decode()
    deliver_again(client, failed)
    failed.refresh_from_db()
    assert failed.status == "failed"


def _may(codename: str) -> Any:
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(codename=codename)


def test_a_list_asks_the_database_as_often_as_a_row_does(operator: Client, django_assert_max_num_queries: Any) -> None:
    make_endpoint()
    fail(*[make_event().deliveries.get() for _ in range(10)])
    operator.get(at("delivery"))

    # The session, the user, the count and the page.
    with django_assert_max_num_queries(6):
        operator.get(at("delivery"))


def test_users_are_given_an_address_and_not_deleted(operator: Client) -> None:
    user = make_user()

    assert operator.get(f"/admin/auth/user/{user.pk}/change/").status_code == 200
    assert operator.post(f"/admin/auth/user/{user.pk}/delete/", {"post": "yes"}).status_code == 403
