"""The worker: one process of threads, with some reserved for each kind of work.

The main thread looks for due rows and hands them to the threads of their kind, so slow uploads never hold up the rest.
A second thread renews the leases of everything in hand. Run as many workers as you like: claims keep them apart.
"""

import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import Error as DatabaseFailure
from django.db import close_old_connections, connections
from django.utils import timezone

from api_project.work.leases import Lease, claim, renew
from api_project.work.runner import run_step
from api_project.work.steps import Chore, Registry, Step

logger = logging.getLogger(__name__)

LOOK_EVERY = 0.2
# When work has ended there may be more of its kind, which is looked for at once, and work that followed from it, for
# which this is often enough: a look at all kinds asks a dozen questions.
LOOK_AT_ALL_EVERY = 0.05
RENEWALS_PER_LEASE = 3
# Every step gives a sign of life far more often than this, be it at each chunk of an upload.
SILENCE_LIMIT = 900.0

# None tells a thread to end.
Task = tuple[Step, Any, Lease] | None


class Worker:
    """Runs the steps of a registry until `stop()` is called.

    Args:
        registry: the steps and chores to run.
        lease_for: how long a claimed row stays ours without a renewal.
        threads: threads per kind, over what the steps say.
        grace: seconds that running steps get to end by themselves after `stop()`; then their leases are handed back.
        silence_limit: seconds without a sign of life after which a step counts as stuck, and the worker fails.
    """

    def __init__(
        self,
        registry: Registry,
        *,
        lease_for: timedelta,
        threads: Mapping[str, int] | None = None,
        grace: float = 8.0,
        silence_limit: float = SILENCE_LIMIT,
        now: Callable[[], datetime] = timezone.now,
    ) -> None:
        self.registry = registry
        self.lease_for = lease_for
        self.grace = grace
        self.silence_limit = silence_limit
        self.now = now
        self.failed = False
        self.stopped = threading.Event()
        self.wake = threading.Event()
        self.kinds = self._threads_by_kind(threads or {})
        self.queues: dict[str, queue.SimpleQueue[Task]] = {kind: queue.SimpleQueue() for kind in self.kinds}
        self.running: dict[Lease, str] = {}
        self.freed: set[str] = set()
        self.lock = threading.Lock()
        self.chores_due: dict[Chore, float] = dict.fromkeys(registry.chores, 0.0)

    def _threads_by_kind(self, override: Mapping[str, int]) -> dict[str, int]:
        kinds: dict[str, int] = {}
        for step in self.registry.steps:
            kinds[step.kind] = override.get(step.kind, max(step.threads, kinds.get(step.kind, 0)))
        if unknown := set(override) - set(kinds):
            raise ValueError(f"WORK_THREADS names {sorted(unknown)}; the kinds of work are {sorted(kinds)}")
        return kinds

    def stop(self) -> None:
        """End soon: no new work, and what is in hand ends at its next check. Safe in a signal handler."""
        self.stopped.set()
        self.wake.set()

    def fail(self) -> None:
        """Stop because this process cannot go on; whoever runs it starts a new one."""
        self.failed = True
        self.stop()

    def run(self) -> None:
        """Work until `stop()`; then hand back what could not be ended in time. `failed` tells whether it had to."""
        for kind, count in self.kinds.items():
            for number in range(count):
                self._start(self._serve, f"{kind}-{number}", kind)
        self._start(self._keep_leases, "leases")
        self._start(self._do_chores, "chores")
        self._look_for_work()
        self._hand_back()

    def _start(self, target: Callable[..., None], name: str, *args: Any) -> None:
        def run() -> None:
            try:
                target(*args)
            except BaseException:
                # Without one of its threads the worker would look alive and do half its work.
                logger.critical("The thread %s died.", name, exc_info=True, extra={"action": "work.thread_died"})
                self.fail()
            finally:
                connections.close_all()

        # Daemon threads: a step that hangs in a library must not keep the process from ending.
        threading.Thread(target=run, name=name, daemon=True).start()

    def _look_for_work(self) -> None:
        looked_at_all = -LOOK_AT_ALL_EVERY
        while not self.stopped.is_set():
            self.wake.clear()
            freed = self._take_freed()
            left = looked_at_all + LOOK_AT_ALL_EVERY - time.monotonic()
            if left <= 0:
                looked_at_all = time.monotonic()
            self._look(self.kinds if left <= 0 else freed)
            self.wake.wait(LOOK_EVERY if left <= 0 else left)

    def _take_freed(self) -> set[str]:
        """Return the kinds of which work has ended since the last look."""
        with self.lock:
            freed, self.freed = self.freed, set()
        return freed

    def _look(self, kinds: Collection[str]) -> None:
        """Claim what is due, kind by kind, never more than there are threads for it and may wait for them."""
        try:
            close_old_connections()
            for step in self.registry.steps:
                if step.kind not in kinds:
                    continue
                for row, lease in self._claim(step):
                    with self.lock:
                        self.running[lease] = step.kind
                    self.queues[step.kind].put((step, row, lease))
        except DatabaseFailure:
            logger.exception("Looking for work failed.", extra={"action": "work.look_failed"})
            self.stopped.wait(1)

    def _claim(self, step: Step) -> list[tuple[Any, Lease]]:
        with self.lock:
            # Nobody else in this process claims, so what is counted here can only become less.
            in_hand = Counter(lease.share for lease, kind in self.running.items() if kind == step.kind and step.share)
        return claim(step, limit=self._room(step), now=self.now(), lease_for=self.lease_for, in_hand=in_hand)

    def _room(self, step: Step) -> int:
        """Return how many more rows may be claimed; none until one claim is worth its while, where some wait here."""
        with self.lock:
            room = self.kinds[step.kind] + step.ahead - Counter(self.running.values())[step.kind]
        return room if room > step.ahead // 2 else 0

    def _serve(self, kind: str) -> None:
        while task := self.queues[kind].get():
            step, row, lease = task
            try:
                close_old_connections()
                run_step(step, row, lease, now=self.now())
            finally:
                with self.lock:
                    self.running.pop(lease, None)
                    self.freed.add(kind)
                close_old_connections()
                self.wake.set()

    def _keep_leases(self) -> None:
        pause = self.lease_for.total_seconds() / RENEWALS_PER_LEASE
        while not self.stopped.wait(pause):
            self._notice_the_stuck()
            try:
                close_old_connections()
                renew(self._in_hand(), lease_for=self.lease_for, now=self.now())
            except DatabaseFailure:
                # The leases run out by themselves, and their holders notice by the clock.
                logger.exception("Renewing leases failed.", extra={"action": "work.renew_failed"})

    def _notice_the_stuck(self) -> None:
        """Give up this process when a step hangs where nothing can end it: a thread cannot be killed, a process can."""
        for lease in self._in_hand():
            if lease.silent_for() > self.silence_limit:
                extra = {"action": "work.stuck"}
                logger.critical("Work on %s has been silent for %d s.", lease.pk, lease.silent_for(), extra=extra)
                self.fail()

    def _in_hand(self) -> list[Lease]:
        with self.lock:
            return list(self.running)

    def _do_chores(self) -> None:
        while not self.stopped.wait(1):
            for chore, due in self.chores_due.items():
                if time.monotonic() >= due:
                    self.chores_due[chore] = time.monotonic() + chore.every.total_seconds()
                    self._do(chore)

    def _do(self, chore: Chore) -> None:
        try:
            close_old_connections()
            chore.run()
        except Exception:
            logger.exception("The chore %s failed.", chore.name, extra={"action": "work.chore_failed"})

    def _hand_back(self) -> None:
        for lease in self._in_hand():
            lease.stopping.set()
        for kind, count in self.kinds.items():
            for _ in range(count):
                self.queues[kind].put(None)
        deadline = time.monotonic() + self.grace
        while self._in_hand() and time.monotonic() < deadline:
            time.sleep(0.05)
        for lease in self._in_hand():
            lease.hand_back()
