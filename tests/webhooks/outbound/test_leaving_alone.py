"""Who asks for time is left alone by all that waits for it, and what is sent goes where it is to go by now."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from tests.api import api_client
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.receiver import Received, Receiver, Says
from tests.webhooks.outbound.told import FAILED
from tests.webhooks.outbound.working import Clock, claim_slot, delivery_of, happen, next_look, turn, work
from webhooks.models import Delivery, DeliverySlot, Endpoint
from webhooks.outbound import delivering
from webhooks.outbound.destinations import Named
from webhooks.outbound.endpoints import endpoint_rotate_secret, endpoint_update
from webhooks.outbound.leaving_alone import leave_alone
from webhooks.outbound.outcomes import Outcome

pytestmark = pytest.mark.django_db
BUSY = Says(429, {"Retry-After": "3600"})


@pytest.mark.parametrize("is_named", [False, True])
def test_one_that_asks_for_time_is_left_alone_with_all_that_waits(
    third_party: Receiver, clock: Clock, is_named: bool
) -> None:
    make_endpoint(url=third_party.url)
    named = Named([], third_party.at("named")) if is_named else Named()
    events = [happen(named=named) for _ in range(50)]
    third_party.answers.append(BUSY)
    work()
    assert len(third_party.got) == 1
    endpoint = delivery_of(events[0]).endpoint
    assert next_look(endpoint) == endpoint.not_before
    if not is_named:
        record = api_client().get(f"/api/v1/webhook-endpoints/{endpoint.pk}/").json()
        assert parse_datetime(record["asked_to_wait_until"]) == endpoint.not_before
    # What waits has no attempt counted, and is held by nobody.
    assert set(Delivery.objects.exclude(event=events[0]).values_list("attempts", "held_by")) == {(0, None)}
    # Nor does what happens now.
    events.append(happen(named=named))
    clock.jump(minutes=59)
    work()
    assert len(third_party.got) == 1
    clock.jump(minutes=2)
    work()
    assert len(third_party.got) == 52
    assert set(Delivery.objects.values_list("status", flat=True)) == {"delivered"}


def test_who_asks_for_time_for_ever_keeps_nothing_waiting_for_ever(third_party: Receiver, clock: Clock) -> None:
    third_party.otherwise = Says(503, {"Retry-After": "86400"})
    for _ in range(3):
        happen(named=Named([], third_party.at("named")))
    for _ in range(20):
        work()
        clock.jump(hours=25)
    assert set(Delivery.objects.values_list("status", "reason")) == {("failed", "status")}
    # While there was patience, one was tried for all.
    assert sum(Delivery.objects.values_list("attempts", flat=True)) == 30


@pytest.mark.parametrize("is_named", [False, True])
def test_what_is_old_when_time_is_asked_for_is_no_reason_to_look_at_once(
    third_party: Receiver, clock: Clock, is_named: bool
) -> None:
    make_endpoint(url=third_party.url)
    for _ in range(2):
        happen(named=Named([], third_party.at("named")) if is_named else Named())
    endpoint = Delivery.objects.all()[0].endpoint
    for days in (4, 2, 25):
        clock.jump(days=days)
        until = clock.now() + timedelta(hours=1)
        Endpoint.objects.update(not_before=until)
        is_over = (is_named and days != 4) or days == 25
        due = clock.now() + timedelta(minutes=5 if is_over else -5)
        Delivery.objects.update(next_attempt_at=due)
        DeliverySlot.objects.update(next_attempt_at=clock.now())
        work()
        assert next_look(endpoint) == (due if is_over else until)


def test_another_url_is_not_left_alone(third_party: Receiver) -> None:
    endpoint = make_endpoint(url=third_party.at("old"))
    happen()
    third_party.answers.append(BUSY)
    work()
    endpoint_update(endpoint=endpoint, changes={"url": third_party.at("new")})
    work()
    assert [received.path for received in third_party.got] == ["/old", "/new"]


def test_a_shorter_wish_takes_nothing_back() -> None:
    endpoint, now = make_endpoint(), timezone.now()
    for minutes, kept in [(5, 5), (60, 60), (10, 60)]:
        wish = Outcome(delivered=False, status_code=503, retry_after=timedelta(minutes=minutes))
        leave_alone(endpoint, [FAILED, wish], now=now)
        assert Endpoint.objects.get().not_before == now + timedelta(minutes=kept)
    leave_alone(endpoint, [FAILED], now=now)
    assert Endpoint.objects.get().not_before == now + timedelta(hours=1)


@pytest.mark.parametrize("what", ["url", "secret", "enabled"])
def test_a_slot_that_was_claimed_before_a_change_goes_by_the_change(third_party: Receiver, what: str) -> None:
    endpoint = make_endpoint(url=third_party.at("old"))
    happen()
    slot, lease = claim_slot()
    if what == "secret":
        endpoint_rotate_secret(endpoint=endpoint)
    else:
        changes: dict[str, Any] = {"url": {"url": third_party.at("new")}, "enabled": {"enabled": False}}
        endpoint_update(endpoint=endpoint, changes=changes[what])
    delivering.deliver(slot, lease)
    told = {"url": ["/new"], "secret": ["/old"], "enabled": []}
    assert [received.path for received in third_party.got] == told[what]
    if what == "secret":
        # By the new one and the one before.
        assert len(third_party.got[0].headers["webhook-signature"].split()) == 2


@pytest.mark.django_db(transaction=True)
def test_a_change_counts_in_the_middle_of_a_turn(third_party: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "TOGETHER_SECONDS", 0.0)
    endpoint = make_endpoint(url=third_party.at("old"))
    for _ in range(3):
        happen()

    def change(received: Received) -> None:
        if received.path == "/old":
            endpoint_update(endpoint=endpoint, changes={"url": third_party.at("new")})

    third_party.meanwhile = change
    turn()
    assert [received.path for received in third_party.got] == ["/old", "/new", "/new"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("last_ms", "is_kept"), [(0, False), (5, True), (2000, False)])
def test_a_connection_to_the_database_is_kept_for_those_known_to_be_quick(
    third_party: Receiver, monkeypatch: pytest.MonkeyPatch, last_ms: int, is_kept: bool
) -> None:
    make_endpoint(url=third_party.url)
    happen()
    DeliverySlot.objects.update(last_ms=last_ms)
    closed: list[bool] = []
    monkeypatch.setattr("webhooks.outbound.delivering.connection.close", lambda: closed.append(True), raising=False)
    turn("deliver-slow" if last_ms >= 2000 else "soon")
    # SQLite's is a file, which is nobody else's to have.
    assert bool(closed) is not (is_kept or connection.vendor == "sqlite")
