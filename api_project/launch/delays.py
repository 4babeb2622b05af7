"""How long to wait before a process that ended is started again."""

from dataclasses import dataclass

FIRST_SECONDS = 0.5
MOST_SECONDS = 30.0
GOOD_WHILE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class RestartDelay:
    """Doubles with each end that comes soon after a start; a process that ran for a good while starts afresh."""

    failures: int = 0

    def after_run_of(self, seconds: float) -> "RestartDelay":
        """Return the delay that follows a run of this length."""
        return RestartDelay(1 if seconds >= GOOD_WHILE_SECONDS else self.failures + 1)

    @property
    def seconds(self) -> float:
        """Return how long to wait now."""
        if not self.failures:
            return 0.0
        # The exponent is bounded too, for a process that fails for weeks.
        return min(MOST_SECONDS, FIRST_SECONDS * 2.0 ** min(self.failures - 1, 10))
