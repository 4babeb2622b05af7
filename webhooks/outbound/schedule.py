"""When a failed delivery is tried again, as a pure value: (failures, the receiver's wish) → a delay, or None."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import uniform


@dataclass(frozen=True)
class Schedule:
    """A list of delays; after the last of them a delivery is given up.

    Attributes:
        delays: the wait after each failure in a row.
        spread: each is varied by up to this share in both directions, so that deliveries do not come back together.
        longest_retry_after: a `Retry-After` is believed up to this long.
    """

    delays: tuple[timedelta, ...]
    spread: float = 0.2
    longest_retry_after: timedelta = timedelta(hours=24)

    @property
    def longest_delay(self) -> timedelta:
        """Return the longest wait between two tries."""
        return max(max(self.delays) * (1 + self.spread), self.longest_retry_after)

    def delay(
        self,
        *,
        failures: int,
        retry_after: timedelta | None = None,
        jitter: Callable[[float, float], float] = uniform,
    ) -> timedelta | None:
        """Return the wait after failure number `failures` (from 1), or None to give up.

        A `Retry-After` makes it longer and never shorter, and adds no try: after the last one it is passed over.
        """
        if failures > len(self.delays):
            return None
        delay = self.delays[failures - 1] * jitter(1 - self.spread, 1 + self.spread)
        return delay if retry_after is None else max(delay, min(retry_after, self.longest_retry_after))


# Ten tries in 75 h 35 min 5 s: a receiver may be down from Friday evening to Monday.
SCHEDULE = Schedule(
    delays=(
        timedelta(seconds=5),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=5),
        timedelta(hours=10),
        timedelta(hours=14),
        timedelta(hours=20),
        timedelta(hours=24),
    )
)
