from datetime import UTC, datetime, timedelta

import pytest

from api_project.work.retry import RetryPolicy

SECOND = timedelta(seconds=1)
POLICY = RetryPolicy(first=2 * SECOND, longest=300 * SECOND, give_up_after=timedelta(hours=24))


def no_jitter(low: float, high: float) -> float:
    return (low + high) / 2


@pytest.mark.parametrize(
    ("attempt", "failing_for", "retry_after", "expected"),
    [
        (1, 0, None, 2),
        (2, 2, None, 4),
        (5, 60, None, 32),
        (8, 600, None, 256),
        (9, 1000, None, 300),
        (1000, 10_000, None, 300),
        (1, 0, 30, 30),
        (9, 0, 30, 300),
        (1, 0, 10 * 3600, 3600),
        (1, 24 * 3600 - 1, None, 2),
        (1, 24 * 3600, None, None),
        (1, 24 * 3600, 30, None),
    ],
)
def test_it_doubles_up_to_a_limit_heeds_retry_after_and_gives_up_by_age(
    attempt: int, failing_for: int, retry_after: int | None, expected: int | None
) -> None:
    delay = POLICY.delay(
        attempt=attempt,
        failing_for=failing_for * SECOND,
        retry_after=None if retry_after is None else retry_after * SECOND,
        jitter=no_jitter,
    )
    assert delay == (None if expected is None else expected * SECOND)


def test_it_never_gives_up_without_an_age_limit() -> None:
    policy = RetryPolicy(give_up_after=None)
    assert policy.delay(attempt=10_000, failing_for=timedelta(days=365)) is not None


def test_it_spreads_delays_within_its_share() -> None:
    delays = [POLICY.delay(attempt=3, failing_for=timedelta()) for _ in range(200)]
    assert all(delay and 6.4 * SECOND <= delay <= 9.6 * SECOND for delay in delays)
    assert len(set(delays)) > 1


def test_a_first_failure_has_no_age() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    when = POLICY.next_attempt(now=now, attempt=1, failing_since=None)
    assert when is not None
    assert now < when <= now + 3 * SECOND
