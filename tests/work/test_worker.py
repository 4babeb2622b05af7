import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from api_project.work.leases import Lease
from api_project.work.steps import Chore, Registry, Step
from api_project.work.worker import Worker
from tests.factories import LEASE, make_transcript
from transcripts.models import Transcript

pytestmark = pytest.mark.django_db(transaction=True)
MakeStep = Callable[..., Step]
SOON = 20.0


@contextmanager
def working(*items: Step | Chore, **more: Any) -> Iterator[Worker]:
    """Run a worker in a thread; it has ended when the block has."""
    registry = Registry()
    registry.add(*items)
    options: dict[str, Any] = {"lease_for": LEASE, "grace": 0.1}
    worker = Worker(registry, **(options | more))

    def run() -> None:
        worker.run()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join(SOON)
        assert not thread.is_alive()


def due(title: str) -> Callable[[Any], Any]:
    return lambda now: Transcript.objects.filter(title=title, next_attempt_at__lte=now)


def test_it_finishes_everything_that_is_due(make_step: MakeStep) -> None:
    for _ in range(7):
        make_transcript(title="todo")
    done = threading.Semaphore(0)

    def run(row: Any, lease: Lease) -> None:
        lease.finish(title="done")
        done.release()

    with working(make_step(run, due=due("todo"), threads=2)):
        assert all(done.acquire(timeout=SOON) for _ in range(7))
    assert Transcript.objects.filter(title="done", lease_token=None).count() == 7


def test_a_kind_that_hangs_does_not_hold_up_another(make_step: MakeStep) -> None:
    for _ in range(3):
        make_transcript(title="slow")
    make_transcript(title="quick")
    hang, quick_done = threading.Event(), threading.Event()

    def slow(row: Any, lease: Lease) -> None:
        hang.wait(SOON)
        lease.finish(title="done")

    def quick(row: Any, lease: Lease) -> None:
        lease.finish(title="done")
        quick_done.set()

    with working(
        make_step(slow, kind="slow", due=due("slow"), threads=2),
        make_step(quick, kind="quick", due=due("quick")),
        grace=SOON,
    ):
        assert quick_done.wait(SOON)
        assert Transcript.objects.filter(title="slow").count() == 3
        hang.set()


def test_never_more_rows_are_in_hand_than_the_kind_has_threads(make_step: MakeStep) -> None:
    for _ in range(5):
        make_transcript(title="slow")
    hang, started = threading.Event(), threading.Semaphore(0)

    def slow(row: Any, lease: Lease) -> None:
        started.release()
        hang.wait(SOON)
        lease.finish(title="done")

    with working(make_step(slow, due=due("slow"), threads=1), threads={"test": 2}, grace=SOON):
        assert started.acquire(timeout=SOON) and started.acquire(timeout=SOON)
        assert Transcript.objects.filter(lease_token__isnull=False).count() == 2
        hang.set()


def test_what_cannot_be_ended_in_time_is_handed_back(make_step: MakeStep) -> None:
    make_transcript(title="slow")
    hang, started = threading.Event(), threading.Event()

    def slow(row: Any, lease: Lease) -> None:
        started.set()
        hang.wait(SOON)

    with working(make_step(slow, due=due("slow"))):
        assert started.wait(SOON)
    row = Transcript.objects.get()
    assert (row.lease_token, row.attempts, row.crashes) == (None, 0, 0)
    hang.set()


def test_a_step_that_checks_its_lease_ends_when_the_worker_stops(make_step: MakeStep) -> None:
    make_transcript(title="slow")
    started = threading.Event()

    def slow(row: Any, lease: Lease) -> None:
        started.set()
        lease.stopping.wait(SOON)
        lease.check()

    with working(make_step(slow, due=due("slow")), grace=SOON):
        assert started.wait(SOON)
    row = Transcript.objects.get()
    assert (row.lease_token, row.crashes) == (None, 0)


def test_leases_in_hand_are_renewed(make_step: MakeStep) -> None:
    make_transcript(title="slow")
    hang, renewed = threading.Event(), threading.Event()
    lease_for = timedelta(seconds=0.3)

    def slow(row: Any, lease: Lease) -> None:
        first = lease.expires
        while lease.expires == first and not hang.wait(0.01):
            pass
        renewed.set()
        lease.finish(title="done")

    with working(make_step(slow, due=due("slow")), lease_for=lease_for, grace=SOON):
        assert renewed.wait(SOON)
        hang.set()


def test_chores_are_done_at_the_start_and_may_fail() -> None:
    done = threading.Event()

    def fail() -> None:
        raise ZeroDivisionError

    with working(Chore("bad", fail), Chore("good", done.set)):
        assert done.wait(SOON)


def test_an_unknown_kind_of_threads_is_said(make_step: MakeStep) -> None:
    registry = Registry()
    registry.add(make_step())
    with pytest.raises(ValueError, match="sumbit"):
        Worker(registry, lease_for=LEASE, threads={"sumbit": 3})


def test_a_row_whose_time_comes_is_found(make_step: MakeStep) -> None:
    make_transcript(title="todo", next_attempt_at=timezone.now() + timedelta(seconds=0.3))
    done = threading.Event()

    def run(row: Any, lease: Lease) -> None:
        lease.finish(title="done")
        done.set()

    with working(make_step(run, due=due("todo"))):
        assert done.wait(SOON)


def test_a_worker_one_of_whose_threads_dies_ends_and_says_so(
    make_step: MakeStep, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("api_project.work.worker.renew", die)
    with working(make_step(), lease_for=timedelta(seconds=0.03)) as worker:
        assert worker.stopped.wait(SOON)
        assert worker.failed


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_is_away_for_a_moment_does_not_end_the_worker(
    make_step: MakeStep, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    tried = threading.Semaphore(0)

    def fail(*args: Any, **kwargs: Any) -> None:
        tried.release()
        raise error

    monkeypatch.setattr("api_project.work.worker.renew", fail)
    with working(make_step(), lease_for=timedelta(seconds=0.03)) as worker:
        assert all(tried.acquire(timeout=SOON) for _ in range(3))
        assert not worker.failed


def test_a_worker_with_a_step_that_hangs_ends_so_that_a_new_one_takes_over(make_step: MakeStep) -> None:
    make_transcript(title="hangs")
    hang = threading.Event()

    def run(row: Any, lease: Lease) -> None:
        hang.wait(SOON)

    with working(make_step(run, due=due("hangs")), lease_for=timedelta(seconds=0.3), silence_limit=0.0) as worker:
        assert worker.stopped.wait(SOON)
        assert worker.failed
    row = Transcript.objects.get()
    assert (row.lease_token, row.crashes) == (None, 0)
    hang.set()


def test_rows_of_short_work_are_claimed_ahead_and_handed_back(make_step: MakeStep) -> None:
    for _ in range(7):
        make_transcript(title="todo")
    started = threading.Semaphore(0)

    def run(row: Any, lease: Lease) -> None:
        started.release()
        lease.stopping.wait(SOON)
        lease.check()

    with working(make_step(run, due=due("todo"), threads=2, ahead=3), grace=SOON):
        assert started.acquire(timeout=SOON) and started.acquire(timeout=SOON)
        assert Transcript.objects.filter(lease_token__isnull=False).count() == 5
    assert Transcript.objects.filter(lease_token=None, attempts=0, crashes=0).count() == 7


def test_no_more_are_claimed_ahead_before_some_are_through(make_step: MakeStep) -> None:
    registry = Registry()
    step = make_step(threads=2, ahead=4)
    registry.add(step)
    worker = Worker(registry, lease_for=LEASE)
    for in_hand, room in ((0, 6), (3, 3), (4, 0), (6, 0)):
        worker.running = dict.fromkeys(map(str, range(in_hand)), "test")  # type: ignore[arg-type]
        assert worker._room(step) == room


def test_work_that_follows_from_other_work_is_found_soon(make_step: MakeStep) -> None:
    make_transcript(title="first")
    followed = threading.Event()

    def first(row: Any, lease: Lease) -> None:
        lease.finish(title="second", next_attempt_at=timezone.now())

    def second(row: Any, lease: Lease) -> None:
        lease.finish(title="done")
        followed.set()

    with working(make_step(second, kind="second", due=due("second")), make_step(first, kind="first", due=due("first"))):
        assert followed.wait(SOON)


def test_nobody_has_more_in_hand_than_a_share(make_step: MakeStep) -> None:
    for title in ["ada", "ada", "ada", "ada", "grace"]:
        make_transcript(title=title)
    hang, started = threading.Event(), threading.Semaphore(0)

    def slow(row: Any, lease: Lease) -> None:
        started.release()
        hang.wait(SOON)
        lease.finish()

    with working(make_step(slow, threads=4, share="title", most=2), grace=SOON) as worker:
        assert all(started.acquire(timeout=SOON) for _ in range(3))
        # Two looks later it is the same.
        for _ in range(2):
            worker._look(["test"])
        in_hand = Transcript.objects.filter(lease_token__isnull=False)
        assert sorted(in_hand.values_list("title", flat=True)) == ["ada", "ada", "grace"]
        hang.set()
        assert all(started.acquire(timeout=SOON) for _ in range(2))
