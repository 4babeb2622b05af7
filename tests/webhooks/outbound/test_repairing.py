"""Sending one delivery again."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.told import DELIVERED, FAILED, attempt, make_event, make_failed
from webhooks.models import Delivery, DeliverySlot, Endpoint, Event
from webhooks.outbound.endpoints import endpoint_delete, endpoint_update
from webhooks.outbound.exceptions import BeingTried, NotDeliverable
from webhooks.outbound.repairing import delivery_redeliver
from webhooks.outbound.taking import HELD_FOR, take_due

pytestmark = pytest.mark.django_db


def sleep_all() -> None:
    """Leave nothing to do for any slot."""
    DeliverySlot.objects.update(next_attempt_at=None)


def test_one_that_failed_is_due_at_once_with_the_whole_schedule_before_it() -> None:
    make_endpoint()
    failed = make_failed()
    Delivery.objects.update(failures=10, attempts=10)
    sleep_all()

    delivery = delivery_redeliver(delivery=failed)
    assert (delivery.status, delivery.reason, delivery.ended_at) == ("pending", "", None)
    assert (delivery.failures, delivery.attempts) == (0, 10)
    assert delivery.next_attempt_at is not None and delivery.next_attempt_at <= timezone.now()
    assert DeliverySlot.objects.filter(next_attempt_at__lte=timezone.now()).exists()


def test_one_that_was_delivered_is_sent_once_more_under_the_next_number() -> None:
    endpoint = make_endpoint()
    make_event()
    delivered = attempt(endpoint, DELIVERED)

    delivery_redeliver(delivery=delivered)
    again = attempt(endpoint, DELIVERED)
    assert (again.pk, again.status) == (delivered.pk, "delivered")
    assert list(again.attempts_made.order_by("pk").values_list("number", flat=True)) == [1, 2]


def test_one_that_waits_is_due_at_once_and_keeps_its_place_in_the_schedule() -> None:
    endpoint = make_endpoint()
    make_event()
    waiting = attempt(endpoint, FAILED)
    sleep_all()

    delivery = delivery_redeliver(delivery=waiting)
    assert delivery.next_attempt_at is not None and delivery.next_attempt_at <= timezone.now()
    assert (delivery.failures, delivery.reason) == (1, "status")
    assert DeliverySlot.objects.filter(next_attempt_at__lte=timezone.now()).exists()


def test_one_that_is_being_tried_is_not_tried_twice_at_once() -> None:
    endpoint = make_endpoint()
    make_event()
    ((held,), _) = take_due(endpoint.pk, limit=1, now=timezone.now())

    with pytest.raises(BeingTried):
        delivery_redeliver(delivery=held)
    delivery = Delivery.objects.get()
    assert (delivery.held_by, delivery.next_attempt_at) == (held.held_by, held.next_attempt_at)


def test_one_whose_holder_was_killed_is_due_like_any_other() -> None:
    endpoint = make_endpoint()
    make_event()
    long_ago = timezone.now() - 2 * HELD_FOR
    Delivery.objects.update(next_attempt_at=long_ago)
    ((held,), _) = take_due(endpoint.pk, limit=1, now=long_ago)
    sleep_all()

    delivery = delivery_redeliver(delivery=held)
    assert delivery.next_attempt_at is not None and delivery.next_attempt_at <= timezone.now()
    assert take_due(endpoint.pk, limit=1, now=timezone.now())[0] == [held]
    assert DeliverySlot.objects.filter(next_attempt_at__lte=timezone.now()).exists()


def test_it_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    make_endpoint()
    failed = make_failed()
    caplog.clear()

    delivery_redeliver(delivery=failed)
    (line,) = caplog.records
    assert (line.__dict__["action"], str(failed.pk) in line.getMessage()) == ("delivery.redelivered", True)


def test_what_was_erased_is_not_sent_again() -> None:
    make_endpoint()
    failed = make_failed()
    Event.objects.update(erased_at=timezone.now())

    with pytest.raises(NotDeliverable, match="was deleted"):
        delivery_redeliver(delivery=failed)


@pytest.mark.parametrize(("state", "words"), [("disabled", "is disabled"), ("deleted", "endpoint was deleted")])
def test_to_whom_nothing_is_told_it_is_not_sent_again(state: str, words: str) -> None:
    endpoint = make_endpoint()
    failed = make_failed()
    if state == "disabled":
        endpoint_update(endpoint=endpoint, changes={"enabled": False})
    else:
        endpoint_delete(endpoint=endpoint)

    with pytest.raises(NotDeliverable, match=words):
        delivery_redeliver(delivery=failed)
    failed.refresh_from_db()
    assert failed.status == "failed"


def test_where_the_address_went_with_its_subject_it_is_not_sent_again() -> None:
    make_endpoint()
    failed = make_failed()
    Endpoint.objects.update(kind=Endpoint.Kind.ORIGIN)

    with pytest.raises(NotDeliverable, match="webhook_url"):
        delivery_redeliver(delivery=failed)


def test_nothing_stays_of_it_when_the_transaction_fails() -> None:
    make_endpoint()
    failed = make_failed()
    sleep_all()

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        delivery_redeliver(delivery=failed)
        raise ZeroDivisionError
    failed.refresh_from_db()
    assert failed.status == "failed"
    assert not DeliverySlot.objects.exclude(next_attempt_at=None).exists()


def test_a_redelivered_one_that_fails_waits_as_after_a_first_failure() -> None:
    endpoint = make_endpoint()
    failed = make_failed()
    Delivery.objects.update(failures=10)

    delivery_redeliver(delivery=failed)
    now = timezone.now()
    again = attempt(endpoint, FAILED, now=now)
    assert again.next_attempt_at is not None
    assert timedelta(seconds=4) <= again.next_attempt_at - now <= timedelta(seconds=6)
