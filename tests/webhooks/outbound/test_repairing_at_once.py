"""Sending again while others are at the same rows: whoever comes second waits, and nobody is sacrificed."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from api_project.work.runner import run_step
from tests.factories import claim_one
from tests.provider_fixtures import step_named
from tests.threads import both, in_thread
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.told import make_event, make_failed
from webhooks.models import Delivery, Endpoint, Event, Recovery
from webhooks.outbound import erasing, repairing
from webhooks.outbound.erasing import blank_subject
from webhooks.outbound.event_types import TRANSCRIPT_DELETED
from webhooks.outbound.exceptions import NotDeliverable, RecoveryUnderWay
from webhooks.outbound.repairing import delivery_redeliver, recovery_start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nothing_crashes")]

LONG_AGO = datetime.fromisoformat("2026-01-01T00:00:00Z")


@pytest.fixture
def failed() -> Delivery:
    make_endpoint()
    return make_failed()


def erase(delivery: Delivery) -> None:
    """Delete what a delivery's event is about, as far as callbacks go."""
    with transaction.atomic():
        farewell = make_event(kind=TRANSCRIPT_DELETED, subject=delivery.event.subject)
        blank_subject(delivery.event.subject, but=farewell, now=timezone.now())


def redeliver(delivery: Delivery) -> None:
    with suppress(NotDeliverable):
        delivery_redeliver(delivery=delivery)


def claimed_recovery() -> Callable[[], None]:
    recovery_start(endpoint=Endpoint.objects.get(), since=LONG_AGO)
    row, lease = claim_one(step_named("recover"))
    return lambda: run_step(step_named("recover"), row, lease)


def is_told_no_more(delivery: Delivery) -> bool:
    delivery.refresh_from_db()
    return (delivery.status, Event.objects.get(pk=delivery.event_id).erased_at is not None) == ("failed", True)


def test_erasing_while_one_is_redelivered(failed: Delivery) -> None:
    both(lambda: redeliver(failed), repairing, "lock_in_order", lambda: erase(failed))
    assert is_told_no_more(failed)


def test_redelivering_while_it_is_erased(failed: Delivery) -> None:
    both(lambda: erase(failed), erasing, "lock_in_order", lambda: redeliver(failed))
    assert is_told_no_more(failed)


def test_erasing_while_it_is_recovered(failed: Delivery) -> None:
    both(claimed_recovery(), repairing, "lock_in_order", lambda: erase(failed))
    assert is_told_no_more(failed)
    assert Recovery.objects.get().finished_at is not None


def test_recovering_while_it_is_erased(failed: Delivery) -> None:
    both(lambda: erase(failed), erasing, "lock_in_order", claimed_recovery())
    assert is_told_no_more(failed)
    assert Recovery.objects.get().finished_at is not None


def test_two_that_redeliver_the_same(failed: Delivery) -> None:
    both(lambda: redeliver(failed), repairing, "_begin_anew", lambda: redeliver(failed))
    failed.refresh_from_db()
    assert (failed.status, failed.failures) == ("pending", 0)


def test_redelivering_what_is_recovered(failed: Delivery) -> None:
    both(claimed_recovery(), repairing, "_begin_anew", lambda: redeliver(failed))
    failed.refresh_from_db()
    assert failed.status == "pending"
    assert Recovery.objects.get().queued == 1


def test_two_that_ask_for_a_recovery_at_once(failed: Delivery) -> None:
    refused: list[RecoveryUnderWay] = []

    def start() -> None:
        try:
            recovery_start(endpoint=failed.endpoint, since=LONG_AGO)
        except RecoveryUnderWay as exc:
            refused.append(exc)

    with in_thread(start), in_thread(start):
        pass
    assert (len(refused), Recovery.objects.count()) == (1, 1)
