"""The worker's step for deliveries: post what is due to one endpoint, one after the other, for a short turn.

Nothing here is lost with its process: what was taken is due again after a while, and an answer that was not recorded
has its event posted once more under the same id.
"""

import time
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from api_project.http import OutboundError, post
from api_project.work.leases import CRASH_LIMIT, Lease
from webhooks.models import Attempt, Delivery, DeliverySlot
from webhooks.models.delivery import SLOW_MS
from webhooks.outbound.ending import delivery_crash, end_all
from webhooks.outbound.outcomes import Outcome, outcome_of, outcome_of_failure
from webhooks.outbound.recording import Made, record
from webhooks.outbound.secrets import signing_secrets
from webhooks.outbound.signing import signed_headers
from webhooks.outbound.slots import slot_finish, slot_wake_next
from webhooks.outbound.taking import bodies, hand_back, held, take_due
from webhooks.outbound.targets import target_policy

# A slot goes to the end of the line after so many seconds, so that a backlog keeps no thread from other endpoints.
TURN_SECONDS = 1.0
# What was posted and not recorded when the process is killed is posted again: it is no more than this, or one attempt.
TOGETHER_SECONDS = 0.1
# An endpoint that answers within this is given several deliveries at a time.
QUICK_MS = 100
AT_A_TIME = 20


@dataclass
class _Turn:
    """One turn of a slot. `ends` is by the monotonic clock; `last_ms` is what the latest attempt took, 0 if unknown."""

    slot: DeliverySlot
    lease: Lease
    secrets: list[str]
    ends: float
    last_ms: int
    is_more: bool = True

    def is_over(self) -> bool:
        return time.monotonic() >= self.ends


def deliver(slot: DeliverySlot, lease: Lease) -> None:
    """Make attempts on what is due to the slot's endpoint until its turn is over or nothing is left."""
    endpoint = slot.endpoint
    if not endpoint.is_told:
        end_all(endpoint, lease)
        slot_finish(slot, lease, now=timezone.now(), last_ms=0)
        return
    secrets = signing_secrets(endpoint, now=timezone.now())
    turn = _Turn(slot, lease, secrets, time.monotonic() + TURN_SECONDS, slot.last_ms)
    while turn.is_more and not turn.is_over():
        _attempt_all(turn, *_take(turn))
    slot_finish(slot, lease, now=timezone.now(), last_ms=turn.last_ms)


def _take(turn: _Turn) -> tuple[list[Delivery], dict[UUID, str]]:
    turn.lease.check()
    now = timezone.now()
    limit = AT_A_TIME if turn.last_ms < QUICK_MS else 1
    taken, turn.is_more = take_due(turn.slot.endpoint_id, limit=limit, now=now)
    for delivery in taken:
        delivery.endpoint = turn.slot.endpoint
    # One attempt at a time is enough to find out how quick an endpoint is, or whether it has become quicker.
    if turn.is_more and 0 < turn.last_ms < SLOW_MS:
        slot_wake_next(turn.slot, now=now)
    return taken, {delivery.pk: delivery.body for delivery in taken}


def _attempt_all(turn: _Turn, left: list[Delivery], to_send: dict[UUID, str]) -> None:
    """Make one attempt on each as long as the turn lasts, and hand back what is left then."""
    try:
        while left:
            _attempt_some(turn, left, to_send)
            if turn.is_over():
                break
            to_send = bodies(left)
    finally:
        hand_back(left)


def _attempt_some(turn: _Turn, left: list[Delivery], to_send: dict[UUID, str]) -> None:
    """Take deliveries off the list and attempt them, one at least, for a moment; then record all of these at once."""
    ends = min(turn.ends, time.monotonic() + TOGETHER_SECONDS)
    made: list[Made] = []
    try:
        while left:
            turn.lease.check()
            delivery = left.pop(0)
            body = to_send.get(delivery.pk)
            if body and not _is_cut_off_always(delivery):
                made.append(_attempt(turn, delivery, body))
            # A failure may change what comes next, so it is recorded before that.
            if time.monotonic() >= ends or (made and not made[-1].outcome.delivered):
                break
    finally:
        if made:
            record(made, now=timezone.now())


def _is_cut_off_always(delivery: Delivery) -> bool:
    """Tell whether attempts on it were begun and never ended so often that it must be its fault; then end it."""
    if delivery.attempts - delivery.failures <= CRASH_LIMIT:
        return False
    recorded = delivery.attempts_made.aggregate(last=Max("number"))["last"] or 0
    if delivery.attempts - recorded <= CRASH_LIMIT:
        return False
    with transaction.atomic():
        delivery_crash(held([delivery]), now=timezone.now())
    return True


def _attempt(turn: _Turn, delivery: Delivery, body: str) -> Made:
    started_at, began = timezone.now(), time.monotonic()
    headers = signed_headers(
        event_id=delivery.event_id, body=body, secrets=turn.secrets, at=started_at, attempt=delivery.attempts
    )
    if turn.slot.last_ms >= SLOW_MS:
        # For so long a server's connection is better given to somebody else.
        connection.close()
    outcome = _post(delivery.url or delivery.endpoint.url, body.encode(), headers)
    turn.last_ms = max(1, round((time.monotonic() - began) * 1000))
    attempt = Attempt(
        delivery=delivery,
        number=delivery.attempts,
        started_at=started_at,
        duration_ms=turn.last_ms,
        status_code=outcome.status_code,
        reason=outcome.reason,
        detail=outcome.detail,
        answer=outcome.answer,
    )
    return Made(delivery, attempt, outcome)


def _post(url: str, body: bytes, headers: dict[str, str]) -> Outcome:
    try:
        return outcome_of(post(url, body=body, headers=headers, policy=target_policy()), now=timezone.now())
    except OutboundError as exc:
        return outcome_of_failure(exc)
