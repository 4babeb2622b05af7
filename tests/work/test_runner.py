import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from api_project.work.alarms import PROBE_EVERY
from api_project.work.exceptions import LeaseLost, OperatorNeeded, Stopping, TransientFailure
from api_project.work.leases import CRASH_LIMIT, Lease
from api_project.work.log_context import WorkFilter
from api_project.work.runner import run_step
from api_project.work.steps import Step
from tests.factories import LEASE, claim_one, make_transcript
from transcripts.models import RedactedAudio, Submission
from webhooks.models import ReceivedEvent

pytestmark = pytest.mark.django_db
MakeStep = Callable[..., Step]


def raising(error: Exception) -> Callable[[Any, Lease], None]:
    def run(row: Any, lease: Lease) -> None:
        raise error

    return run


def run_once(step: Step, after: timedelta = timedelta()) -> Any:
    row, lease = claim_one(step, after=after)
    run_step(step, row, lease, now=timezone.now() + after)
    row.refresh_from_db()
    return row


def test_a_transient_failure_waits_and_says_so(make_step: MakeStep) -> None:
    make_transcript()
    row = run_once(make_step(raising(TransientFailure("503"))))
    assert row.waiting_for == "retry"
    assert row.next_attempt_at > timezone.now()
    assert (row.attempts, row.crashes, row.lease_token) == (1, 0, None)
    assert row.failing_since is not None


def test_the_age_counts_from_the_first_failure(make_step: MakeStep) -> None:
    since = timezone.now() - timedelta(hours=3)
    make_transcript(failing_since=since, attempts=7)
    row = run_once(make_step(raising(TransientFailure("503"))))
    assert row.failing_since == since


def test_a_row_that_fails_for_too_long_is_given_up(make_step: MakeStep) -> None:
    make_transcript(failing_since=timezone.now() - timedelta(hours=25))
    row = run_once(make_step(raising(TransientFailure("still 503"))))
    assert row.title == "age: still 503"
    assert row.next_attempt_at is None


def test_what_only_the_operator_can_mend_waits_however_long_it_takes(make_step: MakeStep) -> None:
    make_transcript(failing_since=timezone.now() - timedelta(days=30))
    row = run_once(make_step(raising(OperatorNeeded("401"))))
    assert row.waiting_for == "credentials"
    assert row.failing_since is None
    assert row.next_attempt_at is not None


def test_waiting_for_the_operator_does_not_count_as_a_crash(make_step: MakeStep) -> None:
    make_transcript()
    for turn in range(CRASH_LIMIT + 3):
        row = run_once(make_step(raising(OperatorNeeded("401"))), after=turn * 2 * PROBE_EVERY)
    assert (row.title, row.waiting_for) == ("", "credentials")


def test_a_row_that_crashes_too_often_ends(make_step: MakeStep) -> None:
    make_transcript()
    step = make_step(raising(ZeroDivisionError("a bug")))
    for turn in range(CRASH_LIMIT):
        row = run_once(step, after=turn * timedelta(hours=1))
        assert row.title == ""
    row = run_once(step, after=timedelta(days=1))
    assert row.title.startswith("crashes: ")


def test_a_row_that_kills_its_worker_too_often_ends(make_step: MakeStep) -> None:
    make_transcript()
    step = make_step()
    for turn in range(CRASH_LIMIT):
        claim_one(step, after=turn * 2 * LEASE)  # and never heard of again
    row = run_once(step, after=2 * CRASH_LIMIT * LEASE)
    assert row.title.startswith("crashes: ")


def test_a_step_that_forgets_to_finish_is_a_crash(make_step: MakeStep) -> None:
    make_transcript()
    row = run_once(make_step(lambda row, lease: None))
    assert row.crashes == 1
    assert row.next_attempt_at > timezone.now()


def test_a_stopping_worker_hands_the_row_back(make_step: MakeStep) -> None:
    make_transcript()
    row = run_once(make_step(raising(Stopping())))
    assert (row.attempts, row.crashes, row.lease_token) == (0, 0, None)


def test_a_lost_lease_changes_nothing(make_step: MakeStep) -> None:
    make_transcript()
    row = run_once(make_step(raising(LeaseLost())))
    assert row.lease_token is not None
    assert row.waiting_for == ""


def test_whatever_is_logged_in_a_step_names_the_step_and_the_transcript(
    make_step: MakeStep, caplog: pytest.LogCaptureFixture
) -> None:
    def run(row: Any, lease: Lease) -> None:
        logging.getLogger("a.library").warning("Connection lost.")
        lease.finish()

    transcript = make_transcript()
    caplog.handler.addFilter(WorkFilter())
    run_once(make_step(run))
    logging.getLogger("a.library").warning("Outside of it.")

    inside, outside = [record for record in caplog.records if record.name == "a.library"]
    assert (inside.step, inside.about) == ("test", transcript.pk)  # type: ignore[attr-defined]
    assert not hasattr(outside, "about")


def test_work_on_parts_of_a_transcript_is_logged_as_about_it() -> None:
    transcript = make_transcript()

    assert Submission(transcript=transcript, pk=7).about == transcript.pk
    assert ReceivedEvent(subject=transcript.pk).about == transcript.pk
    assert RedactedAudio(transcript=transcript).about == transcript.pk
