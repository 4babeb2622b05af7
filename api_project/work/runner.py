"""Run one step on one leased row, and turn whatever comes of it into what the row does next."""

import logging
from datetime import datetime
from typing import Any

from django.utils import timezone

from api_project.work.alarms import PROBE_EVERY
from api_project.work.exceptions import LeaseLost, OperatorNeeded, Stopping, TransientFailure
from api_project.work.leases import CRASH_LIMIT, Lease
from api_project.work.log_context import logged_as
from api_project.work.retry import RetryPolicy
from api_project.work.steps import Cause, Step

logger = logging.getLogger(__name__)


def run_step(step: Step, row: Any, lease: Lease, *, now: datetime | None = None) -> None:
    """Run `step` on `row`. Never raises: every end is recorded on the row, or left to the lease running out."""
    with logged_as(step.name, row.about):
        _run_step(step, row, lease, now or timezone.now())


def _run_step(step: Step, row: Any, lease: Lease, now: datetime) -> None:
    logger.debug("%s of %s begins.", step.name, row.pk, extra={"action": "work.begun"})
    try:
        _attempt(step, row, lease, now)
    except LeaseLost:
        logger.info("Somebody else has %s %s now.", step.name, row.pk, extra={"action": "work.lease_lost"})
    except Exception:
        # Even the outcome could not be recorded (the database is away): the lease runs out and the row comes again.
        logger.exception("Recording %s of %s failed.", step.name, row.pk, extra={"action": "work.unrecorded"})


def _attempt(step: Step, row: Any, lease: Lease, now: datetime) -> None:
    try:
        if row.crashes > CRASH_LIMIT:
            step.give_up(row, lease, Cause.CRASHES, f"The work crashed {CRASH_LIMIT} times in a row.")
        else:
            step.run(row, lease)
            _require_finished(step, lease)
    except LeaseLost:
        raise
    except Stopping:
        lease.hand_back()
    except OperatorNeeded as exc:
        logger.info("%s of %s waits: %s", step.name, row.pk, exc, extra={"action": "work.waits_for_operator"})
        lease.release(next_attempt_at=now + PROBE_EVERY, crashes=0, failing_since=None, **step.wait(exc.waits_for))
    except TransientFailure as exc:
        _try_again(step, row, lease, exc, now)
    except Exception:
        logger.exception("%s of %s crashed.", step.name, row.pk, extra={"action": "work.crashed"})
        delay = RetryPolicy(give_up_after=None).next_attempt(now=now, attempt=row.crashes, failing_since=None)
        assert delay is not None  # noqa: S101 - a policy without an age limit never gives up
        lease.release(next_attempt_at=delay)


def _require_finished(step: Step, lease: Lease) -> None:
    if not lease.finished:
        raise RuntimeError(f"{step.name} returned without finishing its lease")


def _try_again(step: Step, row: Any, lease: Lease, exc: TransientFailure, now: datetime) -> None:
    failing_since = row.failing_since or now
    when = step.retry.next_attempt(
        now=now, attempt=row.attempts, failing_since=failing_since, retry_after=exc.retry_after
    )
    if when is None:
        logger.error("%s of %s is given up: %s", step.name, row.pk, exc, extra={"action": "work.gave_up"})
        step.give_up(row, lease, Cause.AGE, str(exc))
        return
    logger.info("%s of %s will be tried again: %s", step.name, row.pk, exc, extra={"action": "work.retry"})
    lease.release(next_attempt_at=when, crashes=0, failing_since=failing_since, **step.wait(exc.waits_for))
