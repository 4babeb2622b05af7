"""What came of attempts, for their deliveries and their endpoint, all in one transaction."""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from api_project.work.locking import lock_in_order
from api_project.work.writing import writing
from webhooks.models import Attempt, Delivery, Reason
from webhooks.outbound.ending import AT_A_TIME, ended
from webhooks.outbound.health import note_health
from webhooks.outbound.leaving_alone import leave_alone
from webhooks.outbound.outcomes import Outcome
from webhooks.outbound.schedule import SCHEDULE
from webhooks.outbound.taking import held

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Made:
    """An attempt that was made, and what came of it."""

    delivery: Delivery
    attempt: Attempt
    outcome: Outcome


def record(made: Sequence[Made], *, now: datetime) -> None:
    """Log attempts of one endpoint and move their deliveries on, but those that somebody else ended or took meanwhile.

    All in one transaction: to many that were answered at once, each one's own would be most of the work.
    """
    deliveries = [each.delivery for each in made]
    with writing():
        is_same = _note_health(made, now)
        if is_same:
            leave_alone(made[0].delivery.endpoint, [each.outcome for each in made], now=now)
        lock_in_order(held(deliveries))
        ours = {pk for changes, some in _moves(made, is_same, now) for pk in _move(some, changes)}
        Attempt.objects.bulk_create(_attempts(made, ours))
    for each in made:
        _log(each, is_ours=each.delivery.pk in ours)


def _note_health(made: Sequence[Made], now: datetime) -> bool:
    began = min(each.attempt.started_at for each in made)
    return note_health(made[0].delivery.endpoint, [each.outcome for each in made], began=began, now=now)


def _moves(made: Sequence[Made], is_same: bool, now: datetime) -> list[tuple[dict[str, Any], list[Delivery]]]:
    """Return how deliveries go on, those together that go on in the same way.

    Args:
        is_same: whether their endpoint is still what they were sent to.
    """
    moves: list[tuple[dict[str, Any], list[Delivery]]] = []
    for each in made:
        changes = _after(each.delivery, each.outcome, is_same, now)
        if moves and moves[-1][0] == changes:
            moves[-1][1].append(each.delivery)
        else:
            moves.append((changes, [each.delivery]))
    return moves


def _move(some: Sequence[Delivery], changes: Mapping[str, Any]) -> Collection[UUID]:
    """Move deliveries on, and return the ids of those that were still held."""
    ids = [delivery.pk for delivery in some]
    moved = held(some).update(held_by=None, **changes)
    if moved in (0, len(some)):
        return ids[:moved]
    # Only those that were delivered are moved together, and this moment is theirs.
    return list(Delivery.objects.filter(pk__in=ids, ended_at=changes["ended_at"]).values_list("pk", flat=True))


def _attempts(made: Sequence[Made], ours: Collection[UUID]) -> Iterator[Attempt]:
    for each in made:
        if each.delivery.pk in ours:
            yield each.attempt
        elif _is_there(each.delivery):
            # What it is about may have been erased while the attempt was made.
            each.attempt.answer = ""
            yield each.attempt


def _log(made: Made, *, is_ours: bool) -> None:
    delivery, outcome = made.delivery, made.outcome
    came_of_it = "overtaken" if not is_ours else "delivered" if outcome.delivered else outcome.reason
    logger.info(
        "Attempt %d of %s to %s: %s.",
        made.attempt.number,
        delivery.event_id,
        delivery.endpoint_id,
        came_of_it,
        extra={"action": f"delivery.{came_of_it}"},
    )


def _is_there(delivery: Delivery) -> bool:
    """Tell whether a delivery has not gone with all that its owner had, and keep it until the transaction ends."""
    same = Delivery.objects.filter(pk=delivery.pk).select_for_update(no_key=True)
    return same.values_list("pk").first() is not None


def _after(delivery: Delivery, outcome: Outcome, is_same: bool, now: datetime) -> dict[str, Any]:
    """Return how the delivery goes on."""
    if outcome.delivered:
        return ended(delivery, Delivery.Status.DELIVERED, "", now) | {"failures": 0}
    failures = delivery.failures + 1
    delay = SCHEDULE.delay(failures=failures, retry_after=outcome.retry_after)
    # Gone is where it was sent, which may not be where it is to be sent now.
    if delay is None or (outcome.reason == Reason.GONE and is_same):
        return ended(delivery, Delivery.Status.FAILED, outcome.reason, now) | {"failures": F("failures") + 1}
    return {"next_attempt_at": now + delay, "failures": F("failures") + 1, "reason": outcome.reason}


def note_unsigned(endpoint_id: UUID, *, now: datetime) -> None:
    """Say of what is due to an endpoint that it waits since its secret cannot be read, some at a time."""
    due = Delivery.objects.filter(
        endpoint=endpoint_id, status=Delivery.Status.PENDING, held_by=None, next_attempt_at__lte=now
    ).exclude(reason=Reason.SECRET_UNREADABLE)
    while some := list(due.values_list("pk", flat=True)[:AT_A_TIME]):
        waiting = due.filter(pk__in=some)
        with writing():
            lock_in_order(waiting)
            waiting.update(reason=Reason.SECRET_UNREADABLE)
