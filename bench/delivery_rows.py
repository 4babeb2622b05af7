"""`python -m bench.delivery_rows`: fills in endpoints and what waits for them, one order a line, each answered by one.

A process of its own with the service's settings, so that rows are made as the service makes them.
"""

import json
import sys
import time
from collections.abc import Callable
from itertools import islice
from typing import Any
from uuid import UUID

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402
from uuid6 import uuid7  # noqa: E402

from bench.delivery_events import data  # noqa: E402
from webhooks.models import Delivery, DeliverySlot, Endpoint, Event, EventFeed, EventPayload, Reason  # noqa: E402
from webhooks.outbound.destinations import Destination  # noqa: E402
from webhooks.outbound.event_types import TRANSCRIPT_COMPLETED  # noqa: E402
from webhooks.outbound.events import event_write_to  # noqa: E402
from webhooks.outbound.payloads import payloads_of  # noqa: E402
from webhooks.outbound.secrets import secret_make  # noqa: E402

# As many as a user may have.
ENDPOINTS_EACH = 50
AT_A_TIME = 2000


def make(url: str, count: int) -> list[str]:
    """Make endpoints with their secrets and first slots, some for each of several users; return their ids."""
    now = timezone.now()
    made = []
    with transaction.atomic():
        for number in range(count):
            if number % ENDPOINTS_EACH == 0:
                owner = User.objects.create(username=str(uuid7()))
                EventFeed.objects.create(owner=owner)
            made.append(Endpoint.objects.create(owner=owner, url=f"{url}{number}", event_types=["*"], created_at=now))
            DeliverySlot.objects.create(endpoint=made[-1], number=0)
            secret_make(owner=owner, endpoint=made[-1], now=now)
    return [str(endpoint.pk) for endpoint in made]


def fill(endpoints: list[str], each: int) -> int:
    """Write so many events for each endpoint; nobody looks for them before `wake`."""
    found = Endpoint.objects.in_bulk([UUID(endpoint) for endpoint in endpoints])
    events = iter([_event(endpoint) for _ in range(each) for endpoint in found.values()])
    for some in iter(lambda: list(islice(events, AT_A_TIME)), []):
        with transaction.atomic():
            Event.objects.bulk_create([event for event, _ in some])
            EventPayload.objects.bulk_create([payload for event, _ in some for payload in _payloads(event)])
            Delivery.objects.bulk_create([_delivery(event, endpoint) for event, endpoint in some])
    return each * len(found)


_positions = iter(range(1, 1_000_000_000))


def _event(endpoint: Endpoint) -> tuple[Event, Endpoint]:
    kind = TRANSCRIPT_COMPLETED.name
    # Behind all that the service itself will write.
    position = 1_000_000 + next(_positions)
    now = timezone.now()
    return Event(owner_id=endpoint.owner_id, position=position, type=kind, subject=uuid7(), created_at=now), endpoint


def _payloads(event: Event) -> list[EventPayload]:
    return list(payloads_of(event, lambda level: data(), []))


def _delivery(event: Event, endpoint: Endpoint) -> Delivery:
    return Delivery(
        owner_id=endpoint.owner_id,
        event=event,
        endpoint=endpoint,
        level=endpoint.payload,
        created_at=event.created_at,
        next_attempt_at=event.created_at,
    )


def wake(endpoints: list[str]) -> float:
    """Have the workers look for what waits, and return the moment."""
    first = DeliverySlot.objects.filter(endpoint__in=[UUID(endpoint) for endpoint in endpoints], number=0)
    first.update(next_attempt_at=timezone.now())
    return time.time()


def pending(endpoints: list[str]) -> int:
    """Return how many deliveries have not ended."""
    return Delivery.objects.filter(endpoint_id__in=map(UUID, endpoints), status=Delivery.Status.PENDING).count()


def write(endpoints: list[str], seconds: float, per_second: float) -> dict[str, float]:
    """Write events as the service does, each for one endpoint in turn; return when each was committed."""
    found = list(Endpoint.objects.filter(pk__in=endpoints))
    committed = {}
    began = time.monotonic()
    for number in range(int(seconds * per_second)):
        time.sleep(max(0.0, began + number / per_second - time.monotonic()))
        endpoint = found[number % len(found)]
        with transaction.atomic():
            event = event_write_to(
                told=[Destination(endpoint)],
                owner_id=endpoint.owner_id,
                kind=TRANSCRIPT_COMPLETED,
                subject=uuid7(),
                data=lambda level: data(),
                now=timezone.now(),
            )
        committed[str(event.pk)] = time.time()
    return committed


def end(endpoints: list[str]) -> int:
    """End all that waits for endpoints, so that nobody looks for it any more."""
    now = timezone.now()
    return Delivery.objects.filter(endpoint_id__in=map(UUID, endpoints), status=Delivery.Status.PENDING).update(
        status=Delivery.Status.FAILED, reason=Reason.ENDPOINT_DISABLED, next_attempt_at=None, ended_at=now, held_by=None
    )


ORDERS: dict[str, Callable[..., Any]] = {
    "make": make, "fill": fill, "wake": wake, "pending": pending, "write": write, "end": end,
}  # fmt: skip


def main() -> None:
    """Do what each line orders, and print what it gave."""
    for line in sys.stdin:
        name, *given = json.loads(line)
        print(json.dumps(ORDERS[name](*given)), flush=True)


if __name__ == "__main__":
    main()
