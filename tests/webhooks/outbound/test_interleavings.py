"""Whatever happens in whatever order: every delivery comes to an end, and nothing that waits is forgotten."""

from collections import Counter
from typing import Any
from unittest.mock import patch

from django.db.models import Min
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from api_project.http import LOOPBACK
from tests.factories import make_transcript, make_user
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.receiver import OK, Receiver, Says, receiver
from tests.webhooks.outbound.working import SOON, Clock, happen, turn, work
from transcripts.models import Transcript
from transcripts.services import transcript_delete
from webhooks.models import Attempt, Delivery, DeliverySlot, Endpoint, Event, Recovery
from webhooks.outbound import delivering
from webhooks.outbound.destinations import Named
from webhooks.outbound.endpoints import endpoint_delete, endpoint_update
from webhooks.outbound.exceptions import WebhooksError
from webhooks.outbound.repairing import delivery_redeliver, recovery_start

ENDPOINTS = 2
# Ten tries, after five days for those who ask for time again and again.
TURNS_TO_THE_END = 20
ANSWERS = {
    "ok": OK,
    "fails": Says(500),
    "gone": Says(410),
    "moved": Says(302, {"Location": "/elsewhere"}),
    "busy": Says(503, {"Retry-After": "90"}),
}
# What a process that dies does not do, however its functions end.
LAST_THINGS = ("record", "hand_back", "slot_finish")


class Killed(BaseException):
    """The process dies here: nothing after this line happens, and nothing is tidied up."""


class World:
    """The service and its receivers, moved by one event at a time."""

    def __init__(self, third_party: Receiver, clock: Clock) -> None:
        self.receiver, self.clock = third_party, clock
        third_party.got.clear()
        third_party.answers.clear()
        third_party.otherwise = OK
        for number in range(ENDPOINTS):
            make_endpoint(url=third_party.at(str(number)))
        self.transcript = make_transcript(webhook_url=third_party.at("named"))

    def happens(self, about: str) -> None:
        if about == "something":
            happen()
        elif about == "named":
            happen(named=Named([], self.receiver.at("named")))
        elif Transcript.objects.filter(deleted_at=None).exists():
            happen(subject=self.transcript.pk)

    def works(self, name: str) -> None:
        turn(name)

    def killed_before(self, name: str) -> None:
        """Let a worker take a turn, and die as it is about to do this."""

        def die(*args: Any, **more: Any) -> None:
            raise Killed

        undone: dict[str, Any] = {other: lambda *args, **more: None for other in LAST_THINGS}
        with patch.multiple(delivering, **{**undone, name: die}):
            try:
                turn()
            except Killed:
                return

    def receiver_says(self, what: str) -> None:
        self.receiver.answers.append(ANSWERS[what])

    def receiver_is(self, what: str) -> None:
        self.receiver.otherwise = ANSWERS[what]

    def owner(self, what: str, which: int) -> None:
        endpoint = Endpoint.objects.filter(kind="registered").order_by("pk")[which]
        try:
            if what == "delete":
                endpoint_delete(endpoint=endpoint)
            elif what == "recover":
                recovery_start(endpoint=endpoint, since=endpoint.created_at)
            else:
                endpoint_update(endpoint=endpoint, changes={"enabled": what == "enable"})
        except (WebhooksError, Endpoint.DoesNotExist):
            pass

    def redelivers(self, which: int) -> None:
        deliveries = Delivery.objects.order_by("pk")
        if which < deliveries.count():
            try:
                delivery_redeliver(delivery=deliveries[which])
            except WebhooksError:
                pass

    def deletes_the_transcript(self) -> None:
        transcript_delete(transcript=self.transcript)

    def time_passes(self, seconds: int) -> None:
        self.clock.jump(seconds=seconds)

    def settle(self) -> None:
        """Everybody gets their turn, and time passes."""
        self.receiver.answers.clear()
        for _ in range(TURNS_TO_THE_END):
            work("recover", SOON, "deliver-slow")
            self.clock.jump(hours=25)


SECONDS = st.sampled_from([1, 7, 61, 400, 7200, 90_000])
EVENTS = st.one_of(
    st.tuples(st.just("happens"), st.sampled_from(["something", "named", "transcript"])),
    st.tuples(st.just("works"), st.just(SOON)),
    st.tuples(st.just("works"), st.sampled_from([SOON, "recover"])),
    st.tuples(st.just("killed_before"), st.sampled_from(["take_due", "post", "record", "hand_back", "slot_finish"])),
    st.tuples(st.just("receiver_says"), st.sampled_from(sorted(ANSWERS))),
    st.tuples(st.just("receiver_is"), st.sampled_from(sorted(ANSWERS))),
    st.tuples(
        st.just("owner"), st.sampled_from(["disable", "enable", "delete", "recover"]), st.integers(0, ENDPOINTS - 1)
    ),
    st.tuples(st.just("redelivers"), st.integers(0, 4)),
    st.tuples(st.just("deletes_the_transcript")),
    st.tuples(st.just("time_passes"), SECONDS),
)
TWICE = [("happens", "something"), ("happens", "something")]
FAILED = ("receiver_is", "fails")


class InterleavingTest(TestCase):
    receiver: Receiver

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.receiver = cls.enterClassContext(receiver())

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(EVENTS, max_size=16))
    @example([*TWICE, ("killed_before", "record"), ("time_passes", 61), ("works", SOON)])
    @example([*TWICE, ("killed_before", "hand_back"), ("happens", "something"), ("works", SOON)])
    @example([*TWICE, FAILED, ("works", SOON), ("owner", "disable", 0), ("killed_before", "slot_finish")])
    @example([*TWICE, FAILED, ("works", SOON), ("time_passes", 90_000), ("owner", "recover", 0)])
    @example([("happens", "transcript"), ("killed_before", "record"), ("deletes_the_transcript",), ("redelivers", 0)])
    def test_every_delivery_ends_and_none_is_forgotten(self, events: list[tuple[Any, ...]]) -> None:
        clock = Clock()
        with (
            self.settings(WEBHOOK_ALLOWED_NETWORKS=LOOPBACK, WEBHOOK_ALLOW_HTTP=True),
            patch.object(timezone, "now", clock.now),
        ):
            world = World(self.receiver, clock)
            for name, *arguments in events:
                getattr(world, name)(*arguments)
                self.check_somebody_looks()
            world.settle()
        self.check_the_end(world)

    def check_somebody_looks(self) -> None:
        now = timezone.now()
        waiting = Delivery.objects.filter(status="pending").values("endpoint").annotate(due=Min("next_attempt_at"))
        for endpoint, not_before, due in waiting.values_list("endpoint", "endpoint__not_before", "due"):
            may_look_at = max(due, now, not_before or now)
            looks = DeliverySlot.objects.filter(endpoint=endpoint, next_attempt_at__lte=may_look_at)
            assert looks.exists(), "it waits, and nobody looks for it"

    def check_the_end(self, world: World) -> None:
        assert not Delivery.objects.filter(status="pending").exists()
        assert not DeliverySlot.objects.exclude(next_attempt_at=None, lease_token=None).exists()
        assert not Recovery.objects.filter(finished_at=None).exists()
        self.check_what_was_sent(world)
        for delivery in Delivery.objects.select_related("event"):
            numbers = list(Attempt.objects.filter(delivery=delivery).order_by("pk").values_list("number", flat=True))
            assert len(numbers) == len(set(numbers)) and max(numbers, default=0) <= delivery.attempts
            if delivery.status == "delivered":
                assert world.receiver.attempts_of(delivery.event_id)
        positions = Event.objects.filter(owner=make_user()).order_by("position").values_list("position", flat=True)
        assert list(positions) == list(range(1, len(positions) + 1))

    def check_what_was_sent(self, world: World) -> None:
        sent = Counter((received.id, received.path, received.attempt) for received in world.receiver.got)
        assert set(sent.values()) <= {1}, "two attempts have the same number"
        bodies = {(received.id, received.body) for received in world.receiver.got}
        assert len(bodies) == len({received.id for received in world.receiver.got}), "a body has changed"
        assert {received.id for received in world.receiver.got} <= {str(event.pk) for event in Event.objects.all()}
