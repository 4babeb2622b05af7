from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.working import attempts_of, delivery_of, happen, state_of
from webhooks.models import Attempt, Delivery, Endpoint, Reason
from webhooks.outbound.outcomes import Outcome
from webhooks.outbound.recording import Made, record
from webhooks.outbound.taking import HELD_FOR, take_due

pytestmark = pytest.mark.django_db
DELIVERED = Outcome(True, status_code=204, answer="thanks")
FAILED = Outcome(False, Reason.STATUS, "The answer was 500.", 500)
TIMED_OUT = Outcome(False, Reason.TIMEOUT, "The other side was too slow.")


@pytest.fixture
def endpoint() -> Endpoint:
    return make_endpoint()


def take(endpoint: Endpoint, **after: float) -> list[Delivery]:
    return take_due(endpoint.pk, limit=10, now=timezone.now() + timedelta(**after))[0]


def made(delivery: Delivery, outcome: Outcome) -> Made:
    attempt = Attempt(
        delivery=delivery,
        number=delivery.attempts,
        started_at=timezone.now(),
        duration_ms=7,
        status_code=outcome.status_code,
        reason=outcome.reason,
        detail=outcome.detail,
        answer=outcome.answer,
    )
    return Made(delivery, attempt, outcome)


def note(*pairs: Made, **after: float) -> None:
    record(pairs, now=timezone.now() + timedelta(**after))


def test_several_attempts_are_recorded_together_each_with_what_came_of_it(endpoint: Endpoint) -> None:
    events = [happen() for _ in range(5)]
    outcomes = [DELIVERED, DELIVERED, FAILED, TIMED_OUT, DELIVERED]
    note(*[made(delivery, outcome) for delivery, outcome in zip(take(endpoint), outcomes, strict=True)])

    deliveries = [delivery_of(event) for event in events]
    assert [state_of(delivery) for delivery in deliveries] == [
        ("delivered", ""),
        ("delivered", ""),
        ("pending", "status"),
        ("pending", "timeout"),
        ("delivered", ""),
    ]
    assert [attempts_of(delivery) for delivery in deliveries] == [
        [(1, outcome.status_code, outcome.reason)] for outcome in outcomes
    ]
    assert not Delivery.objects.exclude(held_by=None).exists()
    # Each of those that are tried again has a time of its own.
    assert deliveries[2].next_attempt_at != deliveries[3].next_attempt_at


def test_failures_are_counted_in_a_row(endpoint: Endpoint) -> None:
    event = happen()
    for number in range(1, 4):
        (delivery,) = take(endpoint, hours=number * 10)
        note(made(delivery, FAILED), hours=number * 10)
        assert delivery_of(event).failures == number
    (delivery,) = take(endpoint, hours=50)
    note(made(delivery, DELIVERED), hours=50)
    assert delivery_of(event).failures == 0


def test_of_one_that_was_taken_by_another_the_attempt_is_logged_and_nothing_else(endpoint: Endpoint) -> None:
    event = happen()
    (late,) = take(endpoint)
    take(endpoint, seconds=HELD_FOR.total_seconds() + 1)
    before = Delivery.objects.values().get()
    note(made(late, DELIVERED))

    assert Delivery.objects.values().get() == before
    assert attempts_of(delivery_of(event)) == [(1, 204, "")]
    assert Attempt.objects.get().answer == ""


def test_of_one_that_is_not_there_any_more_nothing_is_kept(endpoint: Endpoint) -> None:
    happen()
    happen()
    gone, kept = take(endpoint)
    Delivery.objects.filter(pk=gone.pk).delete()
    note(made(gone, DELIVERED), made(kept, DELIVERED))
    assert Attempt.objects.get().delivery == kept


@pytest.mark.parametrize(
    ("outcomes", "is_failing"), [([FAILED], True), ([FAILED, DELIVERED], False), ([DELIVERED], False)]
)
def test_a_run_of_failures_begins_with_the_first_and_ends_with_a_success(
    endpoint: Endpoint, outcomes: list[Outcome], is_failing: bool
) -> None:
    for outcome in outcomes:
        happen()
        (delivery,) = take(endpoint)
        note(made(delivery, outcome))
    endpoint.refresh_from_db()
    assert (endpoint.failing_from is not None) == is_failing


def test_a_run_of_failures_is_not_begun_anew_by_each(endpoint: Endpoint) -> None:
    began: list[Any] = []
    for number in range(3):
        happen()
        for delivery in take(endpoint, hours=number):
            note(made(delivery, FAILED), hours=number)
        endpoint.refresh_from_db()
        began.append(endpoint.failing_from)
    assert len(set(began)) == 1


def test_an_attempt_to_one_that_was_ended_meanwhile_ends_nothing_else(endpoint: Endpoint) -> None:
    event = happen()
    (delivery,) = take(endpoint)
    ended = {"status": "failed", "reason": "erased", "next_attempt_at": None, "ended_at": timezone.now()}
    Delivery.objects.update(**ended, held_by=None)
    note(made(delivery, DELIVERED))
    assert state_of(delivery_of(event)) == ("failed", "erased")
    assert Attempt.objects.get().answer == ""
