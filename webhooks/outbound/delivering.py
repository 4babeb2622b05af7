"""The worker's step for deliveries: post what is due to one endpoint, one after the other, for a short turn.

Nothing here is lost with its process: what was taken is due again after a while, and an answer that was not recorded
has its event posted once more under the same id.
"""

import time
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from api_project.http import OutboundError, post
from api_project.work.exceptions import OperatorNeeded
from api_project.work.leases import CRASH_LIMIT, Lease
from webhooks.models import Attempt, Delivery, DeliverySlot
from webhooks.models.delivery import SLOW_MS
from webhooks.outbound.ending import cut_off, delivery_crash, end_all
from webhooks.outbound.outcomes import Outcome, outcome_of, outcome_of_failure
from webhooks.outbound.recording import Made, note_unsigned, record
from webhooks.outbound.secrets import signing_secrets
from webhooks.outbound.signing import signed_headers
from webhooks.outbound.slots import slot_finish, slot_wake_next
from webhooks.outbound.taking import hand_back, held, take_due, taken_still
from webhooks.outbound.targets import target_policy

# A slot goes to the end of the line after so many seconds, so that a backlog keeps no thread from other endpoints.
TURN_SECONDS = 1.0
# What was posted and not recorded when the process is killed is posted again: it is no more than this, or one attempt.
TOGETHER_SECONDS = 0.1
# An endpoint that answers within this is given several deliveries at a time.
QUICK_MS = 100
AT_A_TIME = 20
# What was slow is trusted again after some turns: of 15 s, after eight.
KEPT_SHARE = 0.75


@dataclass
class _Turn:
    """One turn of a slot. `ends` is by the monotonic clock; `took_ms` is what the latest attempt took, 0 if unknown."""

    slot: DeliverySlot
    lease: Lease
    ends: float
    took_ms: int
    is_more: bool = True
    has_asked: bool = False

    @property
    def last_ms(self) -> int:
        """Return how long attempts take of late: one that hangs every now and then is not quick in between."""
        was = self.slot.last_ms
        return max(self.took_ms, int(was * KEPT_SHARE)) if was >= SLOW_MS else self.took_ms

    def is_over(self) -> bool:
        return time.monotonic() >= self.ends


def deliver(slot: DeliverySlot, lease: Lease) -> None:
    """Make attempts on what is due to the slot's endpoint until its turn is over or nothing is left."""
    endpoint = slot.endpoint
    if not endpoint.is_told:
        end_all(endpoint, lease)
        slot_finish(slot, lease, now=timezone.now(), last_ms=0)
        return
    turn = _Turn(slot, lease, time.monotonic() + TURN_SECONDS, slot.last_ms)
    try:
        while turn.is_more and not turn.is_over():
            _attempt_all(turn, _take(turn))
    except OperatorNeeded:
        note_unsigned(endpoint.pk, now=timezone.now())
        raise
    slot_finish(slot, lease, now=timezone.now(), last_ms=turn.last_ms)


def _take(turn: _Turn) -> list[Delivery]:
    turn.lease.check()
    now = timezone.now()
    limit = AT_A_TIME if turn.took_ms < QUICK_MS else 1
    taken, turn.is_more = take_due(turn.slot.endpoint_id, limit=limit, now=now)
    # One attempt at a time is enough to find out how quick an endpoint is, or whether it has become quicker. Who was
    # called by another finds out for itself before calling the next.
    if turn.is_more and 0 < turn.last_ms < SLOW_MS and (turn.slot.number == 0 or turn.has_asked):
        slot_wake_next(turn.slot, last_ms=turn.last_ms, now=now)
    return taken


def _attempt_all(turn: _Turn, taken: list[Delivery]) -> None:
    """Make one attempt on each as long as the turn lasts and the endpoint lets us, and hand back what is left then."""
    left, ready = list(taken), taken
    try:
        while ready:
            _attempt_some(turn, left, ready)
            if turn.is_over():
                break
            ready = taken_still(left, now=timezone.now())
    finally:
        hand_back(left)


def _attempt_some(turn: _Turn, left: list[Delivery], ready: list[Delivery]) -> None:
    """Attempt what is ready, one at least, for a moment, taking it off what is left; then record all of it at once."""
    ends = min(turn.ends, time.monotonic() + TOGETHER_SECONDS)
    # All are of one endpoint, which was read with them: its secret may have been rotated since the turn began.
    secrets = signing_secrets(ready[0].endpoint, now=timezone.now())
    made: list[Made] = []
    try:
        for delivery in ready:
            turn.lease.check()
            left.remove(delivery)
            if delivery.body and not _is_cut_off_always(delivery):
                made.append(_attempt(turn, delivery, secrets))
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
    # Once more than is too often: the present one is begun too.
    if not cut_off(Delivery.objects.filter(pk=delivery.pk), times=CRASH_LIMIT + 1).exists():
        return False
    with transaction.atomic():
        delivery_crash(held([delivery]), now=timezone.now())
    return True


def _attempt(turn: _Turn, delivery: Delivery, secrets: list[str]) -> Made:
    started_at, began = timezone.now(), time.monotonic()
    headers = signed_headers(
        event_id=delivery.event_id, body=delivery.body, secrets=secrets, at=started_at, attempt=delivery.attempts
    )
    # A file has room for all, and opening it anew costs more.
    is_scarce = connection.vendor != "sqlite" and not connection.in_atomic_block
    if is_scarce and not 0 < turn.last_ms < SLOW_MS:
        # For as long as it may take, a server's connection is better given to somebody else.
        connection.close()
    outcome = _post(delivery.url or delivery.endpoint.url, delivery.body.encode(), headers)
    turn.took_ms, turn.has_asked = max(1, round((time.monotonic() - began) * 1000)), True
    attempt = Attempt(
        delivery=delivery,
        number=delivery.attempts,
        started_at=started_at,
        duration_ms=turn.took_ms,
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
