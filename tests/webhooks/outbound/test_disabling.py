"""Endpoints that give nothing but failures for five days, or say that they are gone, are told nothing any more."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from tests.factories import make_url_transcript, make_user
from tests.threads import in_thread
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.receiver import OK, Received, Receiver, Says
from tests.webhooks.outbound.working import Clock, delivery_of, happen, next_look, state_of, turn, work
from transcripts.models import ErrorCode, Status, Transcript
from transcripts.moves import move
from transcripts.services import transcript_delete
from webhooks.models import Attempt, Delivery, DeliverySlot, Endpoint, Event
from webhooks.outbound import delivering
from webhooks.outbound.destinations import Named
from webhooks.outbound.disabling import endpoint_disable
from webhooks.outbound.endpoints import endpoint_update
from webhooks.outbound.event_types import ENDPOINT_DISABLED
from webhooks.outbound.recording import record

pytestmark = pytest.mark.django_db
FAILS = Says(500)
FAILING, GONE = Endpoint.DisabledReason.FAILING, Endpoint.DisabledReason.GONE


@pytest.fixture
def failing(third_party: Receiver) -> Endpoint:
    """An endpoint that fails, and something that happened to tell it of."""
    third_party.otherwise = FAILS
    return make_endpoint(url=third_party.url, description="tickets")


def fail_for(clock: Clock, **span: float) -> None:
    """Let something happen every eight hours, for so long."""
    until = clock.now() + timedelta(**span)
    while clock.now() < until:
        happen()
        work()
        clock.jump(hours=8)


def fails_for(endpoint: Endpoint, clock: Clock, **span: float) -> None:
    """Have an endpoint given nothing but failures for so long."""
    now = clock.now()
    Endpoint.objects.filter(pk=endpoint.pk).update(failing_from=now - timedelta(**span), last_failed_at=now)


def test_after_five_days_of_nothing_but_failures_it_is_disabled_and_its_owner_told(
    third_party: Receiver, clock: Clock, failing: Endpoint
) -> None:
    other = make_endpoint(url=third_party.at("other"), event_types=["endpoint.*"])
    fail_for(clock, days=4.9)
    failing.refresh_from_db()
    assert failing.enabled and not Event.objects.filter(type="endpoint.disabled").exists()
    third_party.otherwise = OK
    third_party.answers.append(FAILS)
    clock.jump(hours=8)
    work()

    failing.refresh_from_db()
    assert (failing.enabled, failing.disabled_reason) == (False, "failing")
    assert failing.disabled_at and failing.failing_from
    assert failing.disabled_at - failing.failing_from >= timedelta(days=5)
    # An e-mail is to be sent.
    assert failing.next_attempt_at == failing.disabled_at
    event = Event.objects.get(type="endpoint.disabled")
    (told,) = [received for received in third_party.got if received.path == "/other"]
    assert (told.id, told.json["data"]["id"]) == (str(event.pk), str(failing.pk))
    assert (told.json["data"]["reason"], told.json["data"]["description"]) == ("failing", "tickets")
    assert state_of(delivery_of(event)) == ("delivered", "")
    assert delivery_of(event).endpoint == other
    assert_nothing_waits(failing)


def assert_nothing_waits(endpoint: Endpoint) -> None:
    assert not Delivery.objects.filter(endpoint=endpoint, status="pending").exists()
    assert next_look(endpoint) is None


def test_one_success_in_between_begins_it_anew(third_party: Receiver, clock: Clock, failing: Endpoint) -> None:
    fail_for(clock, days=4)
    third_party.otherwise = OK
    work()
    failing.refresh_from_db()
    assert failing.failing_from is None
    third_party.otherwise = FAILS
    fail_for(clock, days=4)
    failing.refresh_from_db()
    assert failing.enabled and failing.failing_from


def test_one_success_after_a_failure_in_the_same_turn_counts(
    third_party: Receiver, clock: Clock, failing: Endpoint
) -> None:
    third_party.otherwise = OK
    third_party.answers.append(FAILS)
    for _ in range(2):
        happen()
    turn()
    assert len(third_party.got) == 2
    failing.refresh_from_db()
    assert failing.failing_from is None
    clock.jump(days=6)
    third_party.answers.append(FAILS)
    turn()
    failing.refresh_from_db()
    assert failing.enabled


def test_failures_with_a_long_pause_between_them_are_no_run(clock: Clock, failing: Endpoint) -> None:
    first = happen()
    while state_of(delivery_of(first))[0] == "pending":
        work()
        clock.jump(hours=1)
    failing.refresh_from_db()
    began = failing.failing_from
    clock.jump(days=30)
    happen()
    work()
    failing.refresh_from_db()
    assert failing.enabled and began and failing.failing_from and failing.failing_from - began > timedelta(days=30)


def test_the_longest_wait_between_two_tries_is_no_pause(clock: Clock, failing: Endpoint) -> None:
    for _ in range(6):
        happen()
        work()
        clock.jump(hours=24 * 1.2)
    failing.refresh_from_db()
    assert failing.disabled_reason == "failing"


def enable_anew(endpoint: Endpoint) -> None:
    for enabled in (False, True):
        endpoint_update(endpoint=endpoint, changes={"enabled": enabled})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("status", [410, 500])
@pytest.mark.parametrize("how", ["another URL", "anew"])
def test_what_answers_for_the_endpoint_as_it_was_disables_nothing(
    third_party: Receiver, clock: Clock, failing: Endpoint, status: int, how: str
) -> None:
    fails_for(failing, clock, days=6)
    event = happen()

    def change(received: Received) -> None:
        third_party.meanwhile = lambda received: None
        if how == "anew":
            enable_anew(failing)
        else:
            endpoint_update(endpoint=failing, changes={"url": third_party.at("new")})

    third_party.meanwhile = change
    third_party.answers.append(Says(status))
    third_party.otherwise = OK
    turn()
    failing.refresh_from_db()
    assert (failing.enabled, failing.failing_from) == (True, None)
    clock.jump(minutes=10)
    work()
    assert state_of(delivery_of(event)) == ("delivered", "")
    assert third_party.got[-1].path == ("/hooks" if how == "anew" else "/new")


def test_enabling_begins_it_anew(third_party: Receiver, clock: Clock, failing: Endpoint) -> None:
    fail_for(clock, days=6)
    failing.refresh_from_db()
    assert not failing.enabled
    endpoint_update(endpoint=failing, changes={"enabled": True})
    fail_for(clock, days=4)
    failing.refresh_from_db()
    assert failing.enabled


def test_a_success_elsewhere_at_the_same_time_counts(
    third_party: Receiver, clock: Clock, failing: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen()
    fails_for(failing, clock, days=6)

    def record_later(*args: Any, **more: Any) -> None:
        Endpoint.objects.update(failing_from=None)
        record(*args, **more)

    monkeypatch.setattr(delivering, "record", record_later)
    turn()
    failing.refresh_from_db()
    assert failing.enabled


def test_addresses_that_things_named_are_never_disabled(third_party: Receiver, clock: Clock) -> None:
    third_party.otherwise = FAILS
    for _ in range(20):
        happen(named=Named([], url=third_party.url))
        work()
        clock.jump(hours=8)
    assert Endpoint.objects.get().enabled
    assert Delivery.objects.filter(status="failed").exists()


def test_410_disables_at_once(third_party: Receiver, failing: Endpoint) -> None:
    third_party.otherwise = Says(410)
    event = happen()
    work()
    failing.refresh_from_db()
    assert (failing.enabled, failing.disabled_reason) == (False, "gone")
    assert state_of(delivery_of(event)) == ("failed", "gone")
    # Nobody else is there to be told; it stands in the feed.
    assert not Delivery.objects.filter(event__type="endpoint.disabled").exists()
    assert Event.objects.get(type="endpoint.disabled").subject == failing.pk


def test_it_is_disabled_once(failing: Endpoint) -> None:
    with transaction.atomic():
        assert endpoint_disable(failing, GONE, now=timezone.now())
        assert not endpoint_disable(failing, FAILING, now=timezone.now())
    failing.refresh_from_db()
    assert failing.disabled_reason == "gone"
    assert Event.objects.filter(type="endpoint.disabled").count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_is_not_disabled_apart_from_what_shows_why() -> None:
    with pytest.raises(RuntimeError, match="in the transaction"):
        endpoint_disable(make_endpoint(), GONE, now=timezone.now())


def test_the_event_is_not_sent_where_things_named_an_address(third_party: Receiver) -> None:
    event = happen(ENDPOINT_DISABLED, named=Named([], url=third_party.url))
    assert not Delivery.objects.filter(event=event).exists()


def end(transcript: Transcript) -> None:
    move(transcript.pk, Status.ERROR, reason="for a test", error_code=ErrorCode.CRASHED)


def at_once(*works: Callable[[], Any]) -> None:
    with ExitStack() as threads:
        for each in works:
            threads.enter_context(in_thread(each))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("count", [2, 5])
def test_several_of_one_user_are_disabled_at_once(third_party: Receiver, count: int, caplog: Any) -> None:
    endpoints = [make_endpoint(url=third_party.at(str(number))) for number in range(count)]
    happen()
    third_party.otherwise = Says(410)
    at_once(*[turn] * count)
    work()

    assert {line.levelname for line in caplog.records} <= {"INFO", "WARNING"}
    assert set(Endpoint.objects.values_list("enabled", "disabled_reason")) == {(False, "gone")}
    assert Event.objects.filter(type="endpoint.disabled").count() == count
    positions = list(Event.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(1, count + 2))
    for endpoint in endpoints:
        assert_nothing_waits(endpoint)


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_another_whatever_happens_at_once(third_party: Receiver, caplog: Any) -> None:
    """The end, the deletion and the telling of things, and endpoints that are disabled, all at the same time."""
    endpoints = [make_endpoint(url=third_party.at(str(number))) for number in range(3)]
    for _ in range(4):
        transcripts = [make_url_transcript() for _ in range(3)]
        for transcript in transcripts:
            happen(subject=transcript.pk)
        third_party.answers.extend([Says(500), Says(410), Says(500), Says(200), Says(410)])
        at_once(
            *[partial(transcript_delete, transcript=transcript) for transcript in transcripts[:2]],
            *[partial(end, transcript) for transcript in transcripts],
            *[turn] * 3,
            lambda: endpoint_update(endpoint=endpoints[0], changes={"enabled": False}),
            lambda: endpoint_update(endpoint=endpoints[1], changes={"enabled": True}),
            happen,
        )
        for endpoint in endpoints:
            endpoint_update(endpoint=endpoint, changes={"enabled": True})
        work()
    assert [line.getMessage() for line in caplog.records if line.levelname == "ERROR"] == []
    assert not DeliverySlot.objects.exclude(lease_token=None).exists()
    for endpoint in endpoints:
        due = Delivery.objects.filter(endpoint=endpoint, status="pending").order_by("next_attempt_at").first()
        assert next_look(endpoint) == (due.next_attempt_at if due else None)
    assert Attempt.objects.exists() and Transcript.objects.count() == 12
    last = Event.objects.filter(owner=make_user()).count()
    assert last == Event.objects.order_by("-position")[0].position
