"""When to try again, as a pure value: (attempt, age, the other side's wish) → a delay, or None to give up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import uniform


@dataclass(frozen=True)
class RetryPolicy:
    """Exponential back-off with jitter, ended by age.

    Attributes:
        first: delay after the first failure; each further one doubles it.
        longest: no delay of our own is longer than this.
        give_up_after: how long a row may go on failing; None never gives up.
        spread: each delay is varied by up to this share in both directions, so that rows do not come back together.
        longest_retry_after: a `Retry-After` is believed up to this long.
    """

    first: timedelta = timedelta(seconds=2)
    longest: timedelta = timedelta(minutes=5)
    give_up_after: timedelta | None = timedelta(hours=24)
    spread: float = 0.2
    longest_retry_after: timedelta = timedelta(hours=1)

    def delay(
        self,
        *,
        attempt: int,
        failing_for: timedelta,
        retry_after: timedelta | None = None,
        jitter: Callable[[float, float], float] = uniform,
    ) -> timedelta | None:
        """Return the wait after failure number `attempt` (from 1), or None when the row has failed for too long."""
        if self.give_up_after is not None and failing_for >= self.give_up_after:
            return None
        doublings = min(attempt - 1, 30)
        seconds = min(self.first.total_seconds() * 2**doublings, self.longest.total_seconds())
        delay = timedelta(seconds=seconds) * jitter(1 - self.spread, 1 + self.spread)
        if retry_after is not None:
            delay = max(delay, min(retry_after, self.longest_retry_after))
        return delay

    def next_attempt(
        self,
        *,
        now: datetime,
        attempt: int,
        failing_since: datetime | None,
        retry_after: timedelta | None = None,
    ) -> datetime | None:
        """Return when to try again, or None to give up. `failing_since` is None on the first failure."""
        failing_for = now - failing_since if failing_since else timedelta()
        delay = self.delay(attempt=attempt, failing_for=failing_for, retry_after=retry_after)
        return None if delay is None else now + delay
