"""The pages of deliveries, as forms and pages; how they look and feel is in tests/browser."""

import html
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from uuid6 import uuid7

from tests.factories import make_transcript, make_user
from tests.webhooks.outbound.factories import URL, make_endpoint
from tests.webhooks.outbound.pages import sign_in, text
from tests.webhooks.outbound.told import DELIVERED, FAILED, attempt, fail, make_event, make_failed
from transcripts.services import transcript_delete
from webhooks.models import Attempt, Delivery, Endpoint
from webhooks.outbound.endpoints import endpoint_delete, endpoint_update
from webhooks.outbound.lists import MOST_ATTEMPTS
from webhooks.outbound.outcomes import Outcome
from webhooks.outbound.pages import delivery_views
from webhooks.outbound.pages.listing import PAGE_SIZE
from webhooks.outbound.repairing import delivery_redeliver

pytestmark = pytest.mark.django_db

PAGE = "/deliveries/"


@pytest.fixture
def ada(client: Client) -> Client:
    return sign_in(client)


def of(delivery: Delivery, action: str = "") -> str:
    return f"{PAGE}{delivery.pk}/{action}"


def make_delivery(**more: Any) -> Delivery:
    return make_event(**more).deliveries.get()


def listed(response: Any) -> list[UUID]:
    """Return the ids on a page, in its order."""
    found = [row.delivery.pk for row in response.context["page"].rows]
    assert all(f'href="{PAGE}{pk}/"' in text(response) for pk in found)
    return found


def test_whoever_is_not_signed_in_is_sent_to_sign_in(client: Client) -> None:
    make_endpoint()
    delivery = make_failed()

    assert client.get(PAGE)["Location"] == f"/sign-in/?next={PAGE}"
    assert client.get(of(delivery))["Location"].startswith("/sign-in/")
    assert client.post(of(delivery, "redeliver/"))["Location"].startswith("/sign-in/")
    delivery.refresh_from_db()
    assert delivery.status == "failed"


def test_anothers_deliveries_are_not_there(ada: Client) -> None:
    make_endpoint("grace")
    delivery = make_failed("grace")

    assert listed(ada.get(PAGE)) == []
    assert [ada.get(of(delivery)).status_code, ada.post(of(delivery, "redeliver/")).status_code] == [404, 404]
    delivery.refresh_from_db()
    assert delivery.status == "failed"


def test_delivering_again_needs_the_forms_token_and_a_post(ada: Client) -> None:
    make_endpoint()
    delivery = make_failed()
    strict = sign_in(Client(enforce_csrf_checks=True))

    assert strict.post(of(delivery, "redeliver/")).status_code == 403
    assert ada.get(of(delivery, "redeliver/")).status_code == 405
    delivery.refresh_from_db()
    assert delivery.status == "failed"


def test_they_are_listed_newest_first_page_by_page(ada: Client) -> None:
    make_endpoint()
    made = [make_delivery().pk for _ in range(PAGE_SIZE + 2)][::-1]
    first = ada.get(PAGE)
    assert listed(first) == made[:PAGE_SIZE] and "no-store" in first["Cache-Control"]

    older = first.context["page"].older
    assert html.escape(older) in text(first)
    second = ada.get(older)
    assert listed(second) == made[PAGE_SIZE:]
    assert (second.context["page"].older, second.context["page"].newest) == ("", PAGE)


def test_they_can_be_narrowed_down(ada: Client) -> None:
    endpoint = make_endpoint()
    delivered = attempt(make_delivery().endpoint, DELIVERED)
    waiting, failed = make_delivery(), make_failed()
    for path in (PAGE, f"/webhook-endpoints/{endpoint.pk}/"):
        assert listed(ada.get(path)) == [failed.pk, waiting.pk, delivered.pk]
        assert listed(ada.get(f"{path}?show=undelivered")) == [failed.pk, waiting.pk]
        assert listed(ada.get(f"{path}?show=failed")) == [failed.pk]
        assert listed(ada.get(f"{path}?show=pending")) == [waiting.pk]
        assert listed(ada.get(f"{path}?show=delivered")) == [delivered.pk]


def test_pages_stay_within_what_was_narrowed_to(ada: Client) -> None:
    make_endpoint()
    for _ in range(PAGE_SIZE + 1):
        make_failed()
    page = ada.get(f"{PAGE}?show=failed").context["page"]

    assert page.older.startswith(f"{PAGE}?show=failed&before=") and page.newest == f"{PAGE}?show=failed"


@pytest.mark.parametrize(
    ("query", "status"),
    [("show=everything", 200), ("before=x", 404), ("before=01a20453-9e72-7d4e-be35-76338108d082", 200)],
)
def test_a_place_that_no_link_leads_to_is_not_there(ada: Client, query: str, status: int) -> None:
    assert ada.get(f"{PAGE}?{query}").status_code == status


def test_what_is_empty_says_so(ada: Client) -> None:
    assert "Nothing yet." in text(ada.get(PAGE))
    assert "There are none." in text(ada.get(f"{PAGE}?show=failed"))
    assert "There are no older ones." in text(ada.get(f"{PAGE}?before={uuid7()}"))


def test_a_delivery_says_what_it_is_and_where_it_goes(ada: Client) -> None:
    transcript = make_transcript()
    endpoint = make_endpoint()
    delivery = make_delivery(subject=transcript.pk, said="<b>hello")
    page = text(ada.get(of(delivery)))

    assert all(str(part) in page for part in (delivery.event_id, "transcript.completed", "A transcript is completed"))
    assert f'href="/transcripts/{transcript.pk}/"' in page and f'href="/webhook-endpoints/{endpoint.pk}/"' in page
    assert "<bdi>93.184.215.14</bdi>" in page and ">Pending<" in page
    assert "&lt;b&gt;hello" in page and "<b>hello" not in page


def test_what_was_deleted_is_not_linked(ada: Client) -> None:
    endpoint = make_endpoint()
    transcript = make_transcript()
    delivery = make_delivery(subject=transcript.pk)
    transcript_delete(transcript=transcript)
    endpoint_delete(endpoint=endpoint)
    page = text(ada.get(of(delivery)))

    assert f'href="/transcripts/{transcript.pk}/"' not in page and "(deleted)" in page
    assert f"/webhook-endpoints/{endpoint.pk}/" not in page and "An endpoint that was deleted" in page
    assert "What is sent" not in page
    assert "An endpoint that was deleted" in text(ada.get(PAGE))


def test_anothers_transcript_is_not_linked(ada: Client) -> None:
    make_endpoint()
    transcript = make_transcript(make_user("grace"))

    assert f'href="/transcripts/{transcript.pk}/"' not in text(ada.get(of(make_delivery(subject=transcript.pk))))


def test_one_to_a_webhook_url_shows_that_and_no_page_of_an_endpoint(ada: Client) -> None:
    delivery = make_delivery_to_url("https://93.184.215.20/of-its-own")
    page = text(ada.get(of(delivery)))

    assert "93.184.215.20" in page and "/of-its-own" in page
    assert f"/webhook-endpoints/{delivery.endpoint_id}/" not in page
    Delivery.objects.update(url="")
    assert "An address that is not kept any more" in text(ada.get(of(delivery)))
    assert "An address that is not kept any more" in text(ada.get(PAGE))


def make_delivery_to_url(url: str) -> Delivery:
    endpoint = make_endpoint(kind="origin", url="https://93.184.215.20:443")
    delivery = Delivery(event=make_event(), endpoint=endpoint, owner=make_user(), url=url, level="summary")
    delivery.created_at = delivery.next_attempt_at = timezone.now()
    delivery.save()
    return delivery


def test_attempts_are_told_with_what_came_of_them(ada: Client) -> None:
    endpoint = make_endpoint()
    delivery = make_delivery(now=timezone.now() - timedelta(hours=1))
    attempt(endpoint, FAILED)
    Delivery.objects.update(next_attempt_at=timezone.now())
    timeout = Outcome(delivered=False, reason=FAILED.reason, detail="", answer="<script>alert(1)</script>")
    attempt(endpoint, timeout)
    Attempt.objects.filter(number=2).update(duration_ms=15_020, reason="timeout")
    page = text(ada.get(of(delivery)))

    assert page.index('<th scope="row">2</th>') < page.index('<th scope="row">1</th>')
    assert all(part in page for part in ("The answer was 500.", ">500<", "12 ms", "15.0 s", "Oops", ">none<"))
    assert "There was no whole answer in time." in page and "Next try:" in page
    assert "&lt;script&gt;alert(1)" in page and "<script>alert" not in page


def test_only_the_latest_of_many_attempts_are_shown(ada: Client) -> None:
    make_endpoint()
    delivery = make_delivery()
    now = timezone.now()
    for number in range(1, MOST_ATTEMPTS + 3):
        Attempt.objects.create(delivery=delivery, number=number, started_at=now, duration_ms=1)
    page = text(ada.get(of(delivery)))

    assert page.count('<th scope="row">') == MOST_ATTEMPTS and "Earlier ones" in page


def test_one_that_is_being_tried_says_so(ada: Client) -> None:
    make_endpoint()
    delivery = make_delivery()
    assert "It is due now." in text(ada.get(of(delivery))) and "Due now" in text(ada.get(PAGE))
    held_until = timezone.now() + timedelta(seconds=60)
    Delivery.objects.update(held_by=uuid7(), next_attempt_at=held_until)

    assert "It is being tried now." in text(ada.get(of(delivery))) and "Being tried now" in text(ada.get(PAGE))
    response = ada.post(of(delivery, "redeliver/"))
    assert (response.status_code, "It is being tried at this moment." in text(response)) == (409, True)
    Delivery.objects.update(next_attempt_at=timezone.now())
    assert "It is due now." in text(ada.get(of(delivery)))


def test_one_that_failed_says_why_and_is_delivered_again(ada: Client) -> None:
    make_endpoint()
    delivery = make_failed()
    page = text(ada.get(of(delivery)))
    assert ">Failed<" in page and "the connection failed" in page and "Deliver again" in page

    response = ada.post(of(delivery, "redeliver/"), follow=True)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.failures) == ("pending", 0)
    assert response.redirect_chain == [(of(delivery), 302)] and "It is sent again." in text(response)


def test_it_says_as_exactly_as_is_known_why_it_is_not_delivered(
    ada: Client, django_assert_max_num_queries: Any
) -> None:
    endpoint = make_endpoint()
    for words in ("The connection was refused.", ""):
        make_event()
        attempt(endpoint, Outcome(False, FAILED.reason, words, 502))
    with django_assert_max_num_queries(8):
        listed = text(ada.get(PAGE))
    assert "The connection was refused." in listed and "The answer was 502." in listed and "2xx" not in listed

    refused = Delivery.objects.order_by("pk")[0]
    assert text(ada.get(of(refused))).count("The connection was refused.") == 2
    endpoint_update(endpoint=endpoint, changes={"enabled": False})
    fail(*Delivery.objects.all(), reason="endpoint_disabled")
    assert "The endpoint was disabled." in text(ada.get(PAGE))
    assert "The connection was refused." not in text(ada.get(PAGE))


def test_a_second_press_harms_nobody(ada: Client) -> None:
    make_endpoint()
    delivery = make_failed()

    assert [ada.post(of(delivery, "redeliver/")).status_code for _ in range(2)] == [302, 302]
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == ("pending", 0)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda endpoint: endpoint_update(endpoint=endpoint, changes={"enabled": False}), "The endpoint is disabled"),
        (lambda endpoint: endpoint_delete(endpoint=endpoint), "The endpoint was deleted."),
    ],
)
def test_what_cannot_be_delivered_says_why(ada: Client, spoil: Any, words: str) -> None:
    endpoint: Endpoint = make_endpoint(url=URL)
    delivery = make_delivery()
    fail(delivery)
    spoil(endpoint)
    response = ada.post(of(delivery, "redeliver/"))

    assert response.status_code == 409 and 'role="alert"' in text(response) and words in text(response)
    delivery.refresh_from_db()
    assert delivery.status == "failed"


def test_what_went_with_its_owner_meanwhile_is_not_there(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_endpoint()
    delivery = make_failed()

    def erased_meanwhile(*, delivery: Delivery) -> Delivery:
        Delivery.objects.filter(pk=delivery.pk).delete()
        return delivery_redeliver(delivery=delivery)

    monkeypatch.setattr(delivery_views, "delivery_redeliver", erased_meanwhile)
    assert ada.post(of(delivery, "redeliver/")).status_code == 404
