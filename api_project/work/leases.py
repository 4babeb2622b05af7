"""Claiming rows, and ending the work on them. Whoever holds the lease may finish; everybody else may not."""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from api_project.work.alarms import alarm_allows
from api_project.work.exceptions import LeaseLost, Stopping
from api_project.work.locking import lock_in_order
from api_project.work.models import WorkRow
from api_project.work.steps import Step
from api_project.work.writing import writing

CRASH_LIMIT = 5
# Of those that share, so many times more are looked at than are wanted: the first may all be one's.
LOOKED_AT = 4
FRESH = {"attempts": 0, "crashes": 0, "failing_since": None}
RELEASED = {"lease_token": None, "lease_until": None}


@dataclass(eq=False)
class Lease:
    """The right to work on one row until `until`, renewed by the worker's heartbeat.

    Safe to share between the thread that works and the one that renews. `alive` is when the work last gave a sign of
    life, by the monotonic clock; a worker whose work gives none for long is stuck. `share` is whose share of the
    threads the row takes, where they are shared out.
    """

    model: type[WorkRow]
    pk: Any
    token: uuid.UUID
    expires: float
    monotonic: Callable[[], float] = time.monotonic
    finished: bool = False
    alive: float = 0.0
    share: Any = None
    lost: threading.Event = field(default_factory=threading.Event)
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.alive = self.monotonic()

    def silent_for(self) -> float:
        """Return the seconds since the work's last sign of life."""
        return self.monotonic() - self.alive

    def check(self) -> None:
        """Raise `LeaseLost` or `Stopping` when the work must end here. Call it between parts and while bytes flow."""
        self.alive = self.monotonic()
        if self.lost.is_set() or self.monotonic() >= self.expires:
            raise LeaseLost
        if self.stopping.is_set():
            raise Stopping

    def mine(self) -> Q:
        """Return the condition under which a row may be changed by the holder of this lease."""
        return Q(pk=self.pk, lease_token=self.token)

    def update(self, **changes: Any) -> None:
        """Change the row and keep the lease. Raises `LeaseLost` when it is not ours any more."""
        if not self.model._default_manager.filter(self.mine()).update(**changes):
            self.lost.set()
            raise LeaseLost

    def finish(self, *, next_attempt_at: datetime | None = None, **changes: Any) -> None:
        """End the work with an outcome: change the row, reset its counts, give the lease back, all in one UPDATE.

        Raises `LeaseLost` when it is not ours any more; nothing is changed then.
        """
        self.update(**{**FRESH, **RELEASED, "next_attempt_at": next_attempt_at, **changes})
        self.finished = True

    def release(self, *, next_attempt_at: datetime, **changes: Any) -> None:
        """Give the lease back without an outcome of its own; the row is tried again at `next_attempt_at`."""
        self.update(**{**RELEASED, "next_attempt_at": next_attempt_at, **changes})
        self.finished = True

    def hand_back(self) -> None:
        """Give the lease back as if the row had never been claimed. Does nothing when it is not ours any more."""
        self.model._default_manager.filter(self.mine()).update(
            **RELEASED, attempts=F("attempts") - 1, crashes=F("crashes") - 1
        )
        self.finished = True


def claim(
    step: Step,
    *,
    limit: int,
    now: datetime,
    lease_for: timedelta,
    monotonic: Callable[[], float] = time.monotonic,
    in_hand: Mapping[Any, int] | None = None,
) -> list[tuple[Any, Lease]]:
    """Lease up to `limit` due rows of `step`, the longest waiting first, and return them with their leases.

    Args:
        in_hand: how many rows this process has of each with whom the threads are shared.
    """
    due = step.due(now).filter(Q(lease_until=None) | Q(lease_until__lte=now))
    # Even a read inside atomic() takes SQLite's write lock (transactions are IMMEDIATE), so look before taking it.
    if limit < 1 or not due.exists():
        return []
    limit = alarm_allows(step.alarm, wanted=limit, now=now)
    if limit < 1:
        return []
    token = uuid.uuid4()
    expires = monotonic() + lease_for.total_seconds()
    model = due.model
    with writing():
        skip_locked = connection.features.has_select_for_update_skip_locked
        locked = due.order_by("next_attempt_at").select_for_update(skip_locked=skip_locked, of=("self",))
        chosen = _choose(step, locked, limit, Counter(in_hand or {}))
        pks = list(chosen)
        model._default_manager.filter(pk__in=pks).update(
            lease_token=token, lease_until=now + lease_for, attempts=F("attempts") + 1, crashes=F("crashes") + 1
        )
        claimed = model._default_manager.filter(pk__in=pks).order_by("next_attempt_at")
        rows = list(claimed.select_related(*step.related) if step.related else claimed)
    return [(row, Lease(model, row.pk, token, expires, monotonic=monotonic, share=chosen[row.pk])) for row in rows]


def _choose(step: Step, due: QuerySet[Any], limit: int, in_hand: Counter[Any]) -> dict[Any, Any]:
    """Return the keys of up to `limit` rows and whose share each takes, so that nobody has more than `step.most`."""
    if not step.share:
        return dict.fromkeys(due.values_list("pk", flat=True)[:limit])
    chosen: dict[Any, Any] = {}
    while len(chosen) < limit:
        full = [share for share, count in in_hand.items() if count >= step.most]
        others = due.exclude(pk__in=list(chosen)).exclude(**{f"{step.share}__in": full})
        looked_at = list(others.values_list("pk", step.share)[: limit * LOOKED_AT])
        for pk, share in looked_at:
            if len(chosen) < limit and in_hand[share] < step.most:
                chosen[pk] = share
                in_hand[share] += 1
        if len(looked_at) < limit * LOOKED_AT:
            break
    return chosen


def renew(leases: list[Lease], *, lease_for: timedelta, now: datetime | None = None) -> None:
    """Extend all `leases` by `lease_for` from now; those that are not ours any more are marked as lost."""
    by_model: dict[type[WorkRow], list[Lease]] = {}
    for lease in leases:
        if not lease.finished:
            by_model.setdefault(lease.model, []).append(lease)
    now = now or timezone.now()
    for model, held in by_model.items():
        expires = held[0].monotonic() + lease_for.total_seconds()
        rows = model._default_manager.filter(
            pk__in=[lease.pk for lease in held], lease_token__in={lease.token for lease in held}
        )
        with writing():
            lock_in_order(rows)
            rows.update(lease_until=now + lease_for)
        ours = set(rows.values_list("pk", "lease_token"))
        for lease in held:
            if (lease.pk, lease.token) in ours:
                lease.expires = expires
            else:
                lease.lost.set()
