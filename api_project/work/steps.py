"""The kinds of work there are. Each app registers its steps when Django starts; the worker runs them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from api_project.work.retry import RetryPolicy

if TYPE_CHECKING:
    from api_project.work.leases import Lease


class Cause(StrEnum):
    """Why a row is given up."""

    CRASHES = "crashes"
    AGE = "age"


@dataclass(frozen=True)
class Step:
    """One kind of work on one kind of row.

    Attributes:
        kind: name of the threads and of the `WORK_THREADS` entry; steps of one kind share their threads.
        name: what this step is called in logs.
        due: rows that need this step at a moment, leased or not; must be served by a partial index.
        run: does the work and ends it with `lease.finish(...)`. Raises `api_project.work.exceptions` otherwise.
        give_up: ends a row that failed for too long or crashed too often, also with `lease.finish(...)`.
        wait: columns that tell a reader what the row waits for, given the reason ("retry", "provider", "credentials").
        threads: how many may run at once in one process, unless `WORK_THREADS` says otherwise.
        retry: how transient failures are tried again.
        alarm: key of the alarm that holds this step back, or "".
        ahead: rows that are claimed beyond `threads` and wait for one, so that one claim serves several. For work that
            takes moments: what waits here is nobody else's.
        related: what is read with the rows when they are claimed, named as for `select_related`.
        share: the column by which the threads are shared out, named as for a lookup, or "".
        most: how many rows with the same value of that column one process has in hand at a time.
    """

    kind: str
    name: str
    due: Callable[[datetime], QuerySet[Any]]
    run: Callable[[Any, Lease], None]
    give_up: Callable[[Any, Lease, Cause, str], None]
    wait: Callable[[str], dict[str, Any]] = lambda reason: {}
    threads: int = 1
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    alarm: str = ""
    ahead: int = 0
    related: tuple[str, ...] = ()
    share: str = ""
    most: int = 1


@dataclass(frozen=True)
class Chore:
    """Something every worker process does at its start and then now and then; must be safe to run at any time."""

    name: str
    run: Callable[[], None]
    every: timedelta = timedelta(hours=1)


class Registry:
    """All steps and chores of the project, in the order they were registered."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.chores: list[Chore] = []

    def add(self, *items: Step | Chore) -> None:
        for item in items:
            if isinstance(item, Step):
                self.steps.append(item)
            else:
                self.chores.append(item)


registry = Registry()
