"""The host of a `webhook_url` goes with the last thing that named it, and what was told there stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api_project.work.steps import registry
from tests.factories import make_transcript, make_user
from tests.threads import both
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.receiver import Receiver, Says
from tests.webhooks.outbound.working import Clock, attempts_of, claim_slot, delivery_of, happen, work
from transcripts.models import Transcript
from transcripts.services import transcript_delete
from webhooks.models import Delivery, DeliverySlot, Endpoint, Event
from webhooks.outbound import erasing, events, origins
from webhooks.outbound.destinations import Named
from webhooks.outbound.origins import origins_forget

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nothing_crashes")]


@pytest.fixture
def deleted(third_party: Receiver) -> Transcript:
    """A transcript whose address was told of it, and that it was deleted."""
    transcript = make_transcript(webhook_url=third_party.at("named"))
    happen(subject=transcript.pk, named=Named([], third_party.at("named")))
    work()
    transcript_delete(transcript=transcript)
    work()
    return transcript


def origin_urls() -> list[str]:
    return sorted(Endpoint.objects.filter(kind="origin").values_list("url", flat=True))


def origin_of(receiver: Receiver) -> str:
    return receiver.at("").rstrip("/")


def test_it_goes_with_the_last_thing_that_named_it(third_party: Receiver, deleted: Transcript) -> None:
    origins_forget()
    assert origin_urls() == [""]
    assert DeliverySlot.objects.count() == 1
    assert {receiver.path for receiver in third_party.got} == {"/named"}


def test_what_was_told_there_stays(deleted: Transcript, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(origins, "AT_A_TIME", 1)
    origins_forget()
    assert [attempts_of(delivery) for delivery in Delivery.objects.all()] == [[(1, 200, "")], [(1, 200, "")]]
    assert {event.deliveries.count() for event in Event.objects.all()} == {1}


def test_it_stays_while_something_names_it(third_party: Receiver, deleted: Transcript) -> None:
    event = happen(named=Named([], third_party.at("other")))
    work()
    origins_forget()
    assert origin_urls() == [origin_of(third_party)]
    assert delivery_of(event).status == "delivered"


def test_it_stays_while_its_last_word_is_to_be_told(third_party: Receiver, clock: Clock) -> None:
    third_party.otherwise = Says(500)
    transcript_delete(transcript=make_transcript(webhook_url=third_party.url))
    work()
    origins_forget()
    assert origin_urls() == [origin_of(third_party)]
    for _ in range(10):
        clock.jump(hours=30)
        work()
    origins_forget()
    assert origin_urls() == [""]


def test_it_stays_while_a_worker_has_it_in_hand(third_party: Receiver, deleted: Transcript, clock: Clock) -> None:
    DeliverySlot.objects.update(next_attempt_at=clock.now())
    claim_slot()
    origins_forget()
    assert origin_of(third_party) in origin_urls()
    clock.jump(hours=1)
    origins_forget()
    assert origin_urls() == [""]


def test_it_is_made_again_when_it_is_named_again(third_party: Receiver, deleted: Transcript) -> None:
    origins_forget()
    happen(named=Named([], third_party.at("again")))
    work()
    assert third_party.got[-1].path == "/again"
    assert origin_urls() == ["", origin_of(third_party)]


def test_nothing_else_is_forgotten(third_party: Receiver) -> None:
    make_endpoint(url=third_party.url)
    happen(named=Named([], "https://user@example.com/"))
    strangers = happen(user="grace", named=Named([], third_party.url))
    work()
    origins_forget()
    assert Endpoint.objects.count() == 3
    assert delivery_of(strangers).status == "delivered"


def test_what_goes_with_its_user_is_left_alone(deleted: Transcript) -> None:
    owner = make_user()
    erasing._tell_no_more(owner)
    origins_forget()
    assert "" not in origin_urls()
    erasing.erase(owner, sleep=lambda seconds: None)
    assert origin_urls() == []


@pytest.mark.parametrize("name", ["_move_some", "_forget"])
def test_an_event_that_names_it_meanwhile_is_told(third_party: Receiver, deleted: Transcript, name: str) -> None:
    def tell() -> None:
        happen(named=Named([], third_party.at("meanwhile")))

    both(origins_forget, origins, name, tell)
    work()
    assert third_party.got[-1].path == "/meanwhile"


def test_it_waits_for_an_event_that_names_it(third_party: Receiver, deleted: Transcript) -> None:
    both(lambda: happen(named=Named([], third_party.at("meanwhile"))), events, "slots_wake", origins_forget)
    work()
    assert third_party.got[-1].path == "/meanwhile"
    assert origin_of(third_party) in origin_urls()


def test_an_event_waits_until_it_is_forgotten_and_makes_it_again(third_party: Receiver, deleted: Transcript) -> None:
    while origins._move_some(Endpoint.objects.get(url=origin_of(third_party))):
        pass
    both(origins_forget, origins, "lock_in_order", lambda: happen(named=Named([], third_party.at("after"))))
    work()
    assert third_party.got[-1].path == "/after"
    assert origin_urls() == ["", origin_of(third_party)]


def test_a_worker_looks_every_hour() -> None:
    (every,) = [chore.every for chore in registry.chores if chore.run is origins_forget]
    assert every == timedelta(hours=1)
