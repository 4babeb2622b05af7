"""What is over before it was sent, or while it is: nobody is told, and no delivery stays pending."""

from typing import Any

import pytest

from tests.factories import make_transcript
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.receiver import FAILS, Receiver, Says
from tests.webhooks.outbound.working import (
    Clock,
    delivery_of,
    happen,
    next_look,
    state_of,
    work,
)
from transcripts.services import transcript_delete
from webhooks.models import Attempt, Delivery, Endpoint
from webhooks.outbound import delivering
from webhooks.outbound.destinations import Named
from webhooks.outbound.endpoints import endpoint_delete, endpoint_update

pytestmark = pytest.mark.django_db


def test_with_410_only_that_is_over_which_said_so(third_party: Receiver) -> None:
    for path in ("gone", "here"):
        happen(named=Named([], url=third_party.at(path)))
    third_party.answers.append(Says(410))
    work()
    states = {state_of(delivery) for delivery in Delivery.objects.all()}
    assert states == {("failed", "gone"), ("delivered", "")}
    assert Endpoint.objects.get().enabled


def test_after_410_an_endpoint_is_told_nothing_more(third_party: Receiver, clock: Clock) -> None:
    endpoint = make_endpoint(url=third_party.url)
    waiting = happen()
    third_party.answers.append(FAILS)
    work()
    events = [happen() for _ in range(5)]
    third_party.answers.append(Says(410))
    work()

    assert len(third_party.got) == 2
    assert state_of(delivery_of(events[0])) == ("failed", "gone")
    ended = {state_of(delivery_of(event)) for event in [*events[1:], waiting]}
    assert ended == {("failed", "endpoint_disabled")}
    endpoint.refresh_from_db()
    assert (endpoint.enabled, endpoint.disabled_reason) == (False, "gone")
    assert next_look(endpoint) is None


@pytest.mark.parametrize("how", ["disabled", "deleted"])
def test_what_waits_for_one_that_is_told_nothing_any_more_comes_to_its_end(third_party: Receiver, how: str) -> None:
    endpoint = make_endpoint(url=third_party.url)
    third_party.otherwise = FAILS
    events = [happen() for _ in range(3)]
    work()
    events.append(happen())
    if how == "disabled":
        endpoint_update(endpoint=endpoint, changes={"enabled": False})
    else:
        endpoint_delete(endpoint=endpoint)
    work()

    assert len(third_party.got) == 3
    assert {state_of(delivery_of(event)) for event in events} == {("failed", f"endpoint_{how}")}
    assert next_look(endpoint) is None


def test_one_that_is_enabled_again_is_told_of_what_comes_then(third_party: Receiver) -> None:
    endpoint = make_endpoint(url=third_party.url)
    before = happen()
    for enabled in (False, True):
        endpoint_update(endpoint=endpoint, changes={"enabled": enabled})
    after = happen()
    work()
    assert state_of(delivery_of(before)) == ("failed", "endpoint_disabled")
    assert state_of(delivery_of(after)) == ("delivered", "")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["disabled", "deleted", "erased"])
def test_what_ends_while_others_are_sent_is_not_sent(
    third_party: Receiver, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    # What is in hand is looked at again after each attempt, instead of after some.
    monkeypatch.setattr(delivering, "TOGETHER_SECONDS", 0.0)
    endpoint = make_endpoint(url=third_party.url, event_types=["transcript.completed"])
    transcript = make_transcript()
    first, second = happen(), happen(subject=transcript.pk)
    ending: dict[str, Any] = {
        "disabled": lambda received: endpoint_update(endpoint=endpoint, changes={"enabled": False}),
        "deleted": lambda received: endpoint_delete(endpoint=endpoint),
        "erased": lambda received: transcript_delete(transcript=transcript),
    }
    third_party.meanwhile = ending[how]
    work()
    assert [received.id for received in third_party.got] == [str(first.pk)]
    reason = "erased" if how == "erased" else f"endpoint_{how}"
    assert state_of(delivery_of(second)) == ("failed", reason)


def test_what_is_deleted_before_it_is_sent_is_sent_to_nobody(third_party: Receiver) -> None:
    make_endpoint(url=third_party.url, event_types=["ping"])
    make_endpoint(url=third_party.url, event_types=["transcript.completed"])
    transcript = make_transcript()
    event = happen(subject=transcript.pk)
    transcript_delete(transcript=transcript)
    work()
    assert third_party.got == []
    assert state_of(delivery_of(event)) == ("failed", "erased")


@pytest.mark.django_db(transaction=True)
def test_what_is_deleted_while_it_is_sent_leaves_no_answer(third_party: Receiver) -> None:
    make_endpoint(url=third_party.url, event_types=["transcript.completed"])
    transcript = make_transcript()
    event = happen(subject=transcript.pk)
    third_party.meanwhile = lambda received: transcript_delete(transcript=transcript)
    third_party.otherwise = Says(200, body=b"stored: something private")
    work()
    assert state_of(delivery_of(event)) == ("failed", "erased")
    assert list(Attempt.objects.values_list("status_code", "answer")) == [(200, "")]
