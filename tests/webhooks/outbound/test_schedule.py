"""The schedule of tries, without a clock."""

from datetime import timedelta

import pytest

from webhooks.outbound.schedule import SCHEDULE

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
DELAYS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]


def shortest(low: float, high: float) -> float:
    return low


def longest(low: float, high: float) -> float:
    return high


def middle(low: float, high: float) -> float:
    return (low + high) / 2


@pytest.mark.parametrize(("failures", "expected"), list(enumerate(DELAYS, start=1)))
def test_each_failure_has_its_delay_give_or_take_a_fifth(failures: int, expected: timedelta) -> None:
    assert SCHEDULE.delay(failures=failures, jitter=middle) == expected
    assert SCHEDULE.delay(failures=failures, jitter=shortest) == 0.8 * expected
    assert SCHEDULE.delay(failures=failures, jitter=longest) == 1.2 * expected


@pytest.mark.parametrize("failures", [10, 11, 1000])
def test_after_the_ninth_retry_it_gives_up(failures: int) -> None:
    assert SCHEDULE.delay(failures=failures) is None


def test_all_tries_together_take_three_days() -> None:
    assert len(SCHEDULE.delays) == 9
    assert sum(SCHEDULE.delays, timedelta()) == 75 * HOUR + 35 * MINUTE + 5 * SECOND


def test_delays_vary() -> None:
    delays = [SCHEDULE.delay(failures=2) for _ in range(200)]
    assert all(delay and 4 * MINUTE <= delay <= 6 * MINUTE for delay in delays)
    assert len(set(delays)) > 1


@pytest.mark.parametrize(
    ("failures", "retry_after", "expected"),
    [
        (1, 120 * SECOND, 120 * SECOND),
        (2, 120 * SECOND, 5 * MINUTE),
        (1, timedelta(), 5 * SECOND),
        (1, -HOUR, 5 * SECOND),
        (1, 24 * HOUR, 24 * HOUR),
        (1, 25 * HOUR, 24 * HOUR),
        (9, 25 * HOUR, 24 * HOUR),
        (10, MINUTE, None),
        (10, 25 * HOUR, None),
    ],
)
def test_a_receiver_may_ask_for_more_time_within_a_day_and_for_no_further_try(
    failures: int, retry_after: timedelta, expected: timedelta | None
) -> None:
    assert SCHEDULE.delay(failures=failures, retry_after=retry_after, jitter=middle) == expected


def test_a_wish_never_shortens_a_delay_that_was_varied() -> None:
    assert SCHEDULE.delay(failures=9, retry_after=25 * HOUR, jitter=longest) == 1.2 * 24 * HOUR
