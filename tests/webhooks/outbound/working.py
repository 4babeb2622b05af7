"""Events that happen, a worker that delivers them, and a clock that passes without anybody waiting."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from api_project.work.leases import Lease, claim
from api_project.work.runner import run_step
from api_project.work.steps import Step
from tests.factories import LEASE, make_user
from tests.provider_fixtures import step_named
from webhooks.models import Attempt, Delivery, DeliverySlot, Endpoint, Event
from webhooks.outbound.destinations import NOBODY, Named
from webhooks.outbound.event_types import TRANSCRIPT_COMPLETED, EventType
from webhooks.outbound.events import event_write
from webhooks.outbound.slots import due_deliver, due_deliver_unknown

# Those that are quick and those that nobody knows, as most tests do not care which of them one is.
SOON = "soon"
STEPS = (SOON, "deliver-slow")
# Whoever needs more to be through with what is due goes round in a circle.
MOST_TURNS = 60


class Clock:
    """The time that the service sees: the machine's, and what has passed beside."""

    def __init__(self) -> None:
        self._machines = timezone.now
        self.passed = timedelta()

    def now(self) -> datetime:
        return self._machines() + self.passed

    def jump(self, **span: float) -> None:
        self.passed += timedelta(**span)


def happen(
    kind: EventType = TRANSCRIPT_COMPLETED, *, user: str = "ada", subject: UUID | None = None, named: Named = NOBODY
) -> Event:
    """Write an event about something of a user's."""
    owner = make_user(user)
    about = subject or uuid4()
    with transaction.atomic():
        return event_write(
            owner_id=owner.pk,
            kind=kind,
            subject=about,
            data=lambda level: {"id": str(about), "level": str(level)},
            now=timezone.now(),
            named=named,
        )


def work(*steps: str) -> int:
    """Let a worker make every attempt that is due now; return how many turns of slots it took."""
    turns = 0
    while any([turn(name) for name in steps or STEPS]):
        turns += 1
        assert turns < MOST_TURNS, "there is no end of it"
    return turns


def turn(name: str = SOON) -> bool:
    """Give the slot that waits longest a turn, and tell whether there was one."""
    claimed = claim(_step(name), limit=1, now=timezone.now(), lease_for=LEASE)
    for slot, lease in claimed:
        run_step(_step(name), slot, lease, now=timezone.now())
    return bool(claimed)


def claim_slot(name: str = SOON) -> tuple[DeliverySlot, Lease]:
    ((slot, lease),) = claim(_step(name), limit=1, now=timezone.now(), lease_for=LEASE)
    return slot, lease


def _step(name: str) -> Step:
    if name != SOON:
        return step_named(name)
    return replace(step_named("deliver"), due=lambda now: due_deliver(now) | due_deliver_unknown(now))


def delivery_of(event: Event, endpoint: Endpoint | None = None) -> Delivery:
    deliveries = Delivery.objects.filter(event=event)
    return deliveries.get(endpoint=endpoint) if endpoint else deliveries.get()


def attempts_of(delivery: Delivery) -> list[tuple[int, int | None, str]]:
    """Return number, status and reason of each attempt, in order."""
    made = Attempt.objects.filter(delivery=delivery).order_by("number")
    return list(made.values_list("number", "status_code", "reason"))


def state_of(delivery: Delivery) -> tuple[str, str]:
    delivery.refresh_from_db()
    return delivery.status, delivery.reason


def next_look(endpoint: Endpoint, number: int = 0) -> datetime | None:
    return DeliverySlot.objects.get(endpoint=endpoint, number=number).next_attempt_at
