import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from api_project.work.exceptions import LeaseLost, Stopping
from api_project.work.leases import claim, renew
from api_project.work.steps import Step, registry
from tests.factories import LEASE, claim_one, make_transcript
from transcripts.models import Transcript

MakeStep = Callable[..., Step]


@pytest.mark.django_db
def test_a_leased_row_is_not_claimed_again(make_step: MakeStep) -> None:
    make_transcript()
    claim_one(make_step())
    assert claim(make_step(), limit=10, now=timezone.now(), lease_for=LEASE) == []


@pytest.mark.django_db
def test_a_row_is_claimed_again_when_its_lease_has_run_out(make_step: MakeStep) -> None:
    transcript = make_transcript()
    claim_one(make_step())
    row, _ = claim_one(make_step(), after=LEASE + timedelta(seconds=1))
    assert row == transcript
    assert (row.attempts, row.crashes) == (2, 2)


@pytest.mark.django_db
def test_a_row_is_not_claimed_before_its_time(make_step: MakeStep) -> None:
    make_transcript(next_attempt_at=timezone.now() + timedelta(minutes=1))
    assert claim(make_step(), limit=10, now=timezone.now(), lease_for=LEASE) == []


@pytest.mark.django_db
def test_the_longest_waiting_rows_are_claimed_first_and_no_more_than_asked_for(make_step: MakeStep) -> None:
    now = timezone.now()
    waits = [timedelta(minutes=m) for m in (1, 3, 2)]
    rows = [make_transcript(next_attempt_at=now - wait) for wait in waits]
    claimed = claim(make_step(), limit=2, now=now, lease_for=LEASE)
    assert [row for row, _ in claimed] == [rows[1], rows[2]]


@pytest.mark.django_db
def test_finishing_resets_the_counts_and_ends_the_lease(make_step: MakeStep) -> None:
    make_transcript(attempts=3, crashes=2, failing_since=timezone.now())
    row, lease = claim_one(make_step())
    lease.finish(title="done")
    row.refresh_from_db()
    assert (row.title, row.attempts, row.crashes, row.failing_since) == ("done", 0, 0, None)
    assert (row.lease_token, row.lease_until, row.next_attempt_at) == (None, None, None)


@pytest.mark.django_db
def test_only_the_holder_may_finish(make_step: MakeStep) -> None:
    make_transcript()
    row, first = claim_one(make_step())
    claim_one(make_step(), after=LEASE + timedelta(seconds=1))
    with pytest.raises(LeaseLost):
        first.finish(title="too late")
    row.refresh_from_db()
    assert row.title == ""


@pytest.mark.django_db
def test_handing_back_leaves_the_row_as_if_it_had_never_been_claimed(make_step: MakeStep) -> None:
    transcript = make_transcript()
    _, lease = claim_one(make_step())
    lease.hand_back()
    row, _ = claim_one(make_step())
    assert row == transcript
    assert (row.attempts, row.crashes) == (1, 1)


@pytest.mark.django_db
def test_a_renewed_lease_lasts_from_its_renewal(make_step: MakeStep) -> None:
    make_transcript()
    _, lease = claim_one(make_step())
    later = timezone.now() + timedelta(seconds=50)
    renew([lease], lease_for=LEASE, now=later)
    assert claim(make_step(), limit=1, now=later + timedelta(seconds=50), lease_for=LEASE) == []
    lease.check()


@pytest.mark.django_db
def test_renewing_marks_what_somebody_else_has_taken(make_step: MakeStep) -> None:
    make_transcript()
    _, first = claim_one(make_step())
    _, second = claim_one(make_step(), after=LEASE + timedelta(seconds=1))
    renew([first, second], lease_for=LEASE)
    with pytest.raises(LeaseLost):
        first.check()
    second.check()


@pytest.mark.django_db
def test_a_lease_that_could_not_be_renewed_is_lost_by_the_clock(make_step: MakeStep) -> None:
    make_transcript()
    clock = [0.0]
    ((_, lease),) = claim(make_step(), limit=1, now=timezone.now(), lease_for=LEASE, monotonic=lambda: clock[0])
    lease.check()
    clock[0] = LEASE.total_seconds()
    with pytest.raises(LeaseLost):
        lease.check()


@pytest.mark.django_db
def test_a_stopping_process_ends_its_work_at_the_next_check(make_step: MakeStep) -> None:
    make_transcript()
    _, lease = claim_one(make_step())
    lease.stopping.set()
    with pytest.raises(Stopping):
        lease.check()


@pytest.mark.django_db(transaction=True)
def test_many_claiming_at_once_get_every_row_exactly_once(make_step: MakeStep) -> None:
    for _ in range(20):
        make_transcript()
    claimed: list[Transcript] = []
    barrier = threading.Barrier(4)

    def claim_all() -> None:
        barrier.wait()
        while rows := claim(make_step(), limit=3, now=timezone.now(), lease_for=LEASE):
            claimed.extend(row for row, _ in rows)
        connection.close()

    threads = [threading.Thread(target=claim_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(row.pk for row in claimed) == sorted(Transcript.objects.values_list("pk", flat=True))


@pytest.mark.django_db
def test_rows_are_claimed_so_that_nobody_has_more_than_a_share(make_step: MakeStep) -> None:
    now = timezone.now()
    # More of one than are looked at together, all of which have waited longer.
    for number in range(20):
        make_transcript(title="ada", next_attempt_at=now - timedelta(hours=1, minutes=number))
    for title in ("grace", "grace", "grace", "joan"):
        make_transcript(title=title, next_attempt_at=now)
    step = make_step(share="title", most=2)

    def claimed(limit: int, **in_hand: int) -> list[str]:
        found = claim(step, limit=limit, now=now, lease_for=LEASE, in_hand=in_hand)
        assert all(lease.share == row.title for row, lease in found)
        return [row.title for row, _ in found]

    assert claimed(4, ada=0, joan=2) == ["ada", "ada", "grace", "grace"]
    assert claimed(4, ada=2, grace=1) == ["grace", "joan"]
    assert claimed(4, ada=2) == []
    assert claimed(1) == ["ada"]


@pytest.mark.django_db
def test_every_search_for_work_is_served_by_an_index() -> None:
    for step in registry.steps:
        plan = step.due(timezone.now()).order_by("next_attempt_at").explain()
        # PostgreSQL reads so small a table whole, whatever indexes it has.
        assert connection.vendor == "postgresql" or "USING INDEX" in plan, (step.name, plan)
