"""What was told, or was to be told, goes with what it is about, and all of it with its user."""

import threading
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from api_project.rest.erasing.services import user_count, user_erase
from api_project.work.leases import claim
from api_project.work.runner import run_step
from api_project.work.steps import registry
from tests.factories import LEASE, make_transcript, make_user
from tests.provider_fixtures import step_named
from tests.threads import in_thread
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.receiver import Receiver, Says
from tests.webhooks.outbound.working import Clock, attempts_of, claim_slot, delivery_of, happen, turn, work
from transcripts.services import transcript_delete
from webhooks.models import (
    Attempt,
    Delivery,
    DeliverySlot,
    Endpoint,
    Event,
    EventFeed,
    EventPayload,
    Recovery,
    SigningSecret,
)
from webhooks.outbound import erasing
from webhooks.outbound.destinations import Named
from webhooks.outbound.ending import delivery_crash
from webhooks.outbound.taking import take_due

pytestmark = pytest.mark.django_db
MODELS = (
    *(Attempt, Delivery, DeliverySlot, Endpoint, Event),
    *(EventFeed, EventPayload, Recovery, SigningSecret),
)


def left() -> dict[str, int]:
    counts = {model.__name__: model._default_manager.count() for model in MODELS}
    return {name: count for name, count in counts.items() if count}


@pytest.fixture
def ada(third_party: Receiver) -> User:
    """A user of whom there is one of everything, delivered, failed and waiting."""
    third_party.answers.extend([Says(200), Says(500), Says(410)])
    endpoint = make_endpoint(url=third_party.url)
    for number in range(3):
        happen(named=Named(None, third_party.at(str(number))))
        turn()
    Recovery.objects.create(
        endpoint=endpoint, since=timezone.now(), until=timezone.now(), next_attempt_at=timezone.now()
    )
    return make_user()


def no_waiting(seconds: float) -> None:
    raise AssertionError("there is nobody to wait for")


def test_everything_of_a_user_goes_and_of_a_stranger_nothing(third_party: Receiver, ada: User) -> None:
    assert len(left()) == len(MODELS)
    make_endpoint("grace", url=third_party.url)
    happen(user="grace")
    before = erasing.count(make_user("grace"))
    erasing.erase(ada, sleep=no_waiting)

    assert set(erasing.count(ada).values()) == {0}
    assert not EventFeed.objects.filter(owner=ada).exists()
    assert not EventPayload.objects.filter(event__owner=ada).exists()
    assert erasing.count(make_user("grace")) == before
    work()
    assert third_party.got[-1].path == "/hooks"
    assert Delivery.objects.get().status == "delivered"


def test_what_was_interrupted_is_made_good_by_doing_it_again(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(Exception):
        pass

    original = erasing._delete
    for parts in range(10):
        done: list[Any] = []

        def delete(rows: Any, done: list[Any] = done, parts: int = parts) -> None:
            if len(done) == parts:
                raise Interrupted
            done.append(rows)
            original(rows)

        monkeypatch.setattr(erasing, "_delete", delete)
        if parts < 9:
            with pytest.raises(Interrupted):
                erasing.erase(ada, sleep=no_waiting)
    erasing.erase(ada, sleep=no_waiting)
    assert left() == {}


def test_many_go_in_several_parts(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "AT_A_TIME", 2)
    erasing.erase(ada, sleep=no_waiting)
    assert left() == {}


def test_what_a_worker_has_in_hand_is_waited_for(third_party: Receiver, clock: Clock) -> None:
    endpoint = make_endpoint(url=third_party.url)
    for _ in range(3):
        happen()
    slot, lease = claim_slot()
    waits: list[float] = []

    def work_meanwhile(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            run_step(step_named("deliver"), slot, lease, now=clock.now())
            work()

    erasing.erase(endpoint.owner, sleep=work_meanwhile)
    assert len(waits) == 3
    # From the moment on at which it was asked for nobody is told anything more.
    assert third_party.got == []
    assert left() == {}


def test_one_that_was_killed_is_not_waited_for_for_ever(third_party: Receiver, clock: Clock) -> None:
    endpoint = make_endpoint(url=third_party.url)
    happen()
    claim_slot()
    take_due(endpoint.pk, limit=1, now=clock.now())
    waits: list[float] = []

    def pass_time(seconds: float) -> None:
        waits.append(seconds)
        clock.jump(seconds=seconds)

    erasing.erase(endpoint.owner, sleep=pass_time)
    assert sum(waits) <= LEASE.total_seconds() + 1
    assert left() == {}


@pytest.mark.django_db(transaction=True)
def test_beside_a_running_worker_everything_goes_and_nothing_crashes(third_party: Receiver, caplog: Any) -> None:
    ada = make_user()
    for number in range(3):
        make_endpoint(url=third_party.at(str(number)))
    third_party.otherwise = Says(410)
    third_party.answers.extend([Says(200), Says(500)] * 40)
    done = threading.Event()

    def act() -> None:
        while not done.is_set():
            for step in registry.steps:
                for row, lease in claim(step, limit=2, now=timezone.now(), lease_for=LEASE):
                    run_step(step, row, lease)

    for number in range(30):
        happen(named=Named(None, third_party.at(f"named/{number % 3}")))
    with in_thread(act), in_thread(act), in_thread(act):
        while len(third_party.got) < 20:
            assert not done.wait(0.01)
        user_erase(user=ada)
        done.set()

    assert {name: count for name, count in user_count(user=User.objects.get(pk=ada.pk)).items() if count} == {}
    assert left() == {}
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_comes_when_all_is_gone_is_of_no_account(third_party: Receiver, caplog: Any) -> None:
    make_endpoint(url=third_party.url)
    happen()
    # As if its lease had run out long ago, and the eraser had waited in vain.
    third_party.meanwhile = lambda received: erasing.erase(make_user(), sleep=lambda seconds: None)
    turn()
    assert left() == {}
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


def test_with_a_transcript_go_the_bodies_the_answers_and_the_addresses(third_party: Receiver) -> None:
    make_endpoint(url=third_party.url)
    transcript, other = make_transcript(), make_transcript()
    third_party.otherwise = Says(200, body=b"private")
    events = [happen(subject=about.pk, named=Named(None, third_party.at("private"))) for about in (transcript, other)]
    work()
    transcript_delete(transcript=transcript)
    work()

    erased, kept = events
    for event, is_erased in [(erased, True), (kept, False)]:
        event.refresh_from_db()
        assert (event.erased_at is not None) == is_erased
        assert (EventPayload.objects.get(event=event).body == "") == is_erased
        for delivery in Delivery.objects.filter(event=event):
            assert delivery.status == "delivered"
            assert attempts_of(delivery) == [(1, 200, "")]
        assert any(Attempt.objects.filter(delivery__event=event).values_list("answer", flat=True)) != is_erased
        assert any(Delivery.objects.filter(event=event).values_list("url", flat=True)) != is_erased


def test_its_last_word_is_kept_and_told(third_party: Receiver) -> None:
    make_endpoint(url=third_party.url, event_types=["transcript.deleted"])
    transcript = make_transcript(webhook_url=third_party.at("named"))
    transcript_delete(transcript=transcript)
    event = Event.objects.get()
    assert event.erased_at is None
    assert set(Delivery.objects.filter(event=event).values_list("url", flat=True)) == {"", third_party.at("named")}
    work()
    assert sorted(received.path for received in third_party.got) == ["/hooks", "/named"]
    assert set(Delivery.objects.values_list("status", "url")) == {("delivered", "")}


@pytest.mark.parametrize("how", ["given up", "crashed"])
def test_an_address_goes_with_the_last_word_whatever_its_end(third_party: Receiver, clock: Clock, how: str) -> None:
    third_party.otherwise = Says(500)
    transcript_delete(transcript=make_transcript(webhook_url=third_party.url))
    delivery = delivery_of(Event.objects.get())
    if how == "crashed":
        with transaction.atomic():
            delivery_crash(Delivery.objects.filter(pk=delivery.pk), now=clock.now())
    else:
        for _ in range(10):
            work()
            clock.jump(hours=30)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.url) == ("failed", "")
