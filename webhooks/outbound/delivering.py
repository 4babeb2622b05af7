"""The worker's step for deliveries: post what is due to one endpoint, one after the other, for a short turn.

Nothing here is lost with its process: what was taken is due again after a while, and an answer that was not recorded
has its event posted once more under the same id.
"""

import logging
import time

from django.db import connection
from django.utils import timezone

from api_project.http import OutboundError, post
from api_project.work.leases import Lease
from webhooks.models import Attempt, Delivery, DeliverySlot, Endpoint
from webhooks.models.delivery import SLOW_MS
from webhooks.outbound.ending import end_all
from webhooks.outbound.outcomes import Outcome, outcome_of, outcome_of_failure
from webhooks.outbound.recording import record
from webhooks.outbound.secrets import signing_secrets
from webhooks.outbound.signing import signed_headers
from webhooks.outbound.slots import slot_finish, slot_wake_next
from webhooks.outbound.taking import hand_back, held, take_due
from webhooks.outbound.targets import target_policy

logger = logging.getLogger(__name__)

# A slot goes to the end of the line after so many seconds, so that a backlog keeps no thread from other endpoints.
TURN_SECONDS = 1.0
# An endpoint that answers within this is given several deliveries at a time.
QUICK_MS = 100
AT_A_TIME = 20


def deliver(slot: DeliverySlot, lease: Lease) -> None:
    """Make attempts on what is due to the slot's endpoint until its turn is over or nothing is left."""
    endpoint = Endpoint.objects.select_related("signing_secret").get(pk=slot.endpoint_id)
    if not endpoint.is_told:
        end_all(endpoint, lease)
        slot_finish(slot, lease, now=timezone.now(), last_ms=0)
        return
    secrets = signing_secrets(endpoint, now=timezone.now())
    ends = time.monotonic() + TURN_SECONDS
    last_ms = slot.last_ms
    while time.monotonic() < ends and (taken := _take(slot, lease, quick=last_ms < QUICK_MS)):
        last_ms = _attempt_all(taken, secrets, lease, ends)
    slot_finish(slot, lease, now=timezone.now(), last_ms=last_ms)


def _take(slot: DeliverySlot, lease: Lease, *, quick: bool) -> list[Delivery]:
    lease.check()
    now = timezone.now()
    taken, is_more = take_due(slot.endpoint_id, token=lease.token, limit=AT_A_TIME if quick else 1, now=now)
    # One attempt at a time is enough to find out whether a slow endpoint has become quicker.
    if is_more and slot.last_ms < SLOW_MS:
        slot_wake_next(slot, now=now)
    return taken


def _attempt_all(taken: list[Delivery], secrets: list[str], lease: Lease, ends: float) -> int:
    """Make one attempt on each as long as the turn lasts, and return how long the last one took."""
    last_ms = begun = 0
    try:
        for delivery in taken:
            if begun and time.monotonic() >= ends:
                break
            lease.check()
            begun += 1
            last_ms = _attempt(delivery, secrets, lease)
    finally:
        hand_back(taken[begun:], token=lease.token, now=timezone.now())
    return last_ms


def _attempt(delivery: Delivery, secrets: list[str], lease: Lease) -> int:
    body = _body(delivery, lease)
    if body is None:
        return 0
    started_at, began = timezone.now(), time.monotonic()
    headers = signed_headers(
        event_id=delivery.event_id, body=body, secrets=secrets, at=started_at, attempt=delivery.attempts
    )
    outcome = _post(delivery.url or delivery.endpoint.url, body.encode(), headers)
    took_ms = round((time.monotonic() - began) * 1000)
    attempt = Attempt(
        delivery=delivery,
        number=delivery.attempts,
        started_at=started_at,
        duration_ms=took_ms,
        status_code=outcome.status_code,
        reason=outcome.reason,
        detail=outcome.detail,
        answer=outcome.answer,
    )
    record(delivery, attempt, outcome, token=lease.token, now=timezone.now())
    return took_ms


def _body(delivery: Delivery, lease: Lease) -> str | None:
    """Return what is to be sent; None when it is not ours to send any more, such as when its subject was deleted."""
    ours = held([delivery], lease.token).filter(event__payloads__level=delivery.level)
    return ours.values_list("event__payloads__body", flat=True).first()


def _post(url: str, body: bytes, headers: dict[str, str]) -> Outcome:
    # It may take 15 s, for which a server's connection is better given to somebody else.
    connection.close()
    try:
        return outcome_of(post(url, body=body, headers=headers, policy=target_policy()), now=timezone.now())
    except OutboundError as exc:
        return outcome_of_failure(exc)
