"""How long a restart waits."""

from api_project.launch.delays import RestartDelay


def delays_after(*runs: float) -> list[float]:
    delay, found = RestartDelay(), []
    for seconds in runs:
        delay = delay.after_run_of(seconds)
        found.append(delay.seconds)
    return found


def test_the_first_start_does_not_wait() -> None:
    assert RestartDelay().seconds == 0


def test_it_doubles_up_to_half_a_minute() -> None:
    assert delays_after(*[1.0] * 8) == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_a_good_while_starts_it_afresh() -> None:
    assert delays_after(1, 1, 1, 60, 1) == [0.5, 1, 2, 0.5, 1]


def test_it_stays_bounded_for_ever() -> None:
    assert RestartDelay(failures=10**6).seconds == 30
