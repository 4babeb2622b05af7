from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone

from api_project.work.alarms import PROBE_EVERY, alarm_open, alarm_raise
from api_project.work.leases import claim
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import LEASE, make_transcript
from tests.provider_fixtures import step_named
from transcripts.models import Transcript
from transcripts.provider_health import Operation
from transcripts.selectors import provider_alarm, transcript_wait
from webhooks.models import ReceivedEvent

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]
SOON = timedelta(seconds=10)
LATER = timedelta(hours=1)


def test_an_account_without_credit_may_still_read(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_transcript()
    processing = run_due("submit")
    make_transcript()
    assemblyai_fake.fail_next(402, "Your account balance is negative")
    run_due("submit")
    assemblyai_fake.complete(processing.provider_id)
    assert run_due("reconcile", after=SOON).status == "completed"
    assert alarm_open(Operation.SUBMIT) is not None, "what still works must not clear what does not"


def test_an_upload_that_fails_while_all_else_works_raises_the_alarm(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue
) -> None:
    make_transcript()
    processing = run_due("submit")
    for _ in range(2):
        make_transcript()
    for turn in range(4):
        for row in range(2):
            assemblyai_fake.fail_next(503)
            Transcript.objects.filter(status="queued").update(next_attempt_at=timezone.now() + timedelta(days=9))
            queued = Transcript.objects.filter(status="queued").order_by("id")[row]
            Transcript.objects.filter(pk=queued.pk).update(next_attempt_at=timezone.now())
            run_due("submit", after=turn * LATER + row * 2 * PROBE_EVERY)
        Transcript.objects.filter(pk=processing.pk).update(next_attempt_at=timezone.now())
        assert run_due("reconcile").status == "processing"
    alarm = alarm_open(Operation.SUBMIT)
    assert alarm is not None
    assert alarm.reason == "outage"


def test_an_outage_is_waited_out_however_long_it_takes(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_transcript(failing_since=timezone.now() - timedelta(days=3))
    alarm_raise(Operation.SUBMIT, "outage", "503")
    assemblyai_fake.fail_next(503)
    row = run_due("submit", after=2 * PROBE_EVERY)
    assert (row.status, row.waiting_for, row.failing_since) == ("queued", "provider", None)
    assert run_due("submit", after=LATER).status == "processing"
    assert provider_alarm() is None


def test_nobody_there_is_an_outage_whatever_it_was_about(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_transcript()
    for turn in range(3):
        assemblyai_fake.break_next(httpx.ConnectError("refused"))
        row = run_due("submit", after=turn * LATER)
    assert row.waiting_for == "provider"


def test_one_row_that_the_provider_cannot_digest_is_not_an_outage(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue
) -> None:
    make_transcript()
    for turn in range(5):
        assemblyai_fake.fail_next(500)
        row = run_due("submit", after=turn * LATER)
    assert row.waiting_for == "retry"
    assert provider_alarm() is None
    assemblyai_fake.fail_next(500)
    assert run_due("submit", after=timedelta(hours=25)).error_code == "gave_up"


def test_being_told_to_slow_down_is_not_an_outage(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    for _ in range(3):
        make_transcript()
        assemblyai_fake.fail_next(429)
        run_due("submit")
        Transcript.objects.update(next_attempt_at=timezone.now() + timedelta(days=1))
    assert provider_alarm() is None


@pytest.mark.parametrize(("operation", "name"), [(Operation.FETCH, "reconcile"), (Operation.FETCH, "apply")])
def test_an_open_alarm_holds_back_all_that_asks_the_same(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, operation: Operation, name: str
) -> None:
    make_transcript()
    transcript = run_due("submit")
    now = timezone.now() + SOON
    ReceivedEvent.objects.create(
        provider="assemblyai", key="k", subject=transcript.id, received_at=now, next_attempt_at=now - SOON
    )
    alarm_raise(operation, "outage", "503", now=now)
    assert claim(step_named(name), limit=9, now=now, lease_for=LEASE) == []
    assert len(claim(step_named(name), limit=9, now=now + PROBE_EVERY, lease_for=LEASE)) == 1


def test_only_a_submit_alarm_is_what_queued_rows_wait_for() -> None:
    transcript = make_transcript()
    alarm_raise(Operation.DELETE, "outage", "503")
    assert transcript_wait(transcript, provider_alarm()) is None
    alarm_raise(Operation.SUBMIT, "credentials", "401")
    wait = transcript_wait(transcript, provider_alarm())
    assert wait is not None
    assert wait.reason == "credentials"
