from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.utils import timezone

from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import AUDIO, make_transcript, make_url_transcript, make_user
from tests.transcripts.ending import make_completed, make_failed
from transcripts.models import MonthlyUsage, Transcript, Usage
from transcripts.services import transcript_delete
from transcripts.usage.counting import usage_charge_bytes, usage_count_result, usage_free_bytes
from transcripts.usage.months import month_of, next_month
from transcripts.usage.recounting import usage_recount
from transcripts.usage.selectors import UsageNow, usage_get

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]


def used(name: str = "ada") -> UsageNow:
    return usage_get(owner_id=make_user(name).pk, now=timezone.now())


def test_who_has_nothing_has_used_nothing() -> None:
    assert (used().stored_bytes, used().seconds, used().transcripts, used().created) == (0, 0, 0, 0)


def test_a_new_transcript_counts_with_its_file() -> None:
    make_transcript()
    make_transcript()
    make_url_transcript()
    assert (used().stored_bytes, used().transcripts, used().created) == (2 * len(AUDIO), 3, 3)


def test_what_is_a_strangers_does_not_count() -> None:
    make_transcript(make_user("mallory"))
    assert (used().stored_bytes, used().transcripts) == (0, 0)
    assert used("mallory").transcripts == 1


def test_bytes_are_freed_when_the_file_is_gone_and_not_before(run_due: RunDue) -> None:
    transcript = make_transcript()
    transcript_delete(transcript=transcript)
    assert (used().stored_bytes, used().transcripts) == (len(AUDIO), 0)
    run_due("erase")
    assert (used().stored_bytes, used().created) == (0, 1)


def test_deleting_twice_counts_once() -> None:
    transcript = make_transcript()
    make_transcript()
    for _ in range(2):
        try:
            transcript_delete(transcript=transcript)
        except Transcript.DoesNotExist:
            pass
    assert used().transcripts == 1


def test_freeing_twice_counts_once() -> None:
    transcript = make_transcript()
    make_transcript()
    for _ in range(2):
        with transaction.atomic():
            usage_free_bytes(transcript=transcript)
    assert used().stored_bytes == len(AUDIO)


def test_a_further_file_counts_and_is_freed_with_the_first(run_due: RunDue) -> None:
    transcript = make_transcript()
    with transaction.atomic():
        assert usage_charge_bytes(transcript=transcript, size=1000)
    assert used().stored_bytes == len(AUDIO) + 1000
    transcript_delete(transcript=transcript)
    run_due("erase")
    assert used().stored_bytes == 0


def test_a_deleted_transcript_takes_no_further_file() -> None:
    transcript = make_transcript()
    transcript_delete(transcript=transcript)
    with transaction.atomic():
        assert not usage_charge_bytes(transcript=transcript, size=1000)
    assert used().stored_bytes == len(AUDIO)


def test_a_result_counts_its_duration_and_stays_counted(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    transcript = make_completed(assemblyai_fake, run_due, audio_duration=90)
    assert (used().seconds, used().minutes) == (90, 1.5)
    transcript_delete(transcript=transcript)
    run_due("erase")
    assert used().seconds == 90


def test_what_failed_counts_no_minutes(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_failed(assemblyai_fake, run_due)
    assert used().seconds == 0


def test_a_result_counts_in_the_month_in_which_it_came() -> None:
    before = datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC)
    transcript = make_transcript(status="completed", completed_at=before, audio_duration=60)
    with transaction.atomic():
        usage_count_result(transcript=transcript)
    assert MonthlyUsage.objects.get(month=date(2026, 10, 1)).seconds == 60


def test_months_are_by_utc_and_follow_each_other() -> None:
    assert month_of(datetime.fromisoformat("2026-12-01T00:30:00+01:00")) == date(2026, 11, 1)
    assert next_month(date(2026, 11, 1)) == date(2026, 12, 1)
    assert next_month(date(2026, 12, 1)) == date(2027, 1, 1)


def test_counting_anew_changes_nothing_that_is_right(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    transcript_delete(transcript=make_completed(assemblyai_fake, run_due))
    make_url_transcript()
    assert not usage_recount(owner_id=make_user().pk)


def test_counting_anew_mends_what_is_wrong(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_completed(assemblyai_fake, run_due)
    right = used()
    Usage.objects.update(stored_bytes=5, transcripts=77)
    MonthlyUsage.objects.update(seconds=0, created=5)
    MonthlyUsage.objects.create(usage_id=make_user().pk, month=date(2020, 1, 1), seconds=9)
    assert usage_recount(owner_id=make_user().pk)
    assert used() == right
    assert not MonthlyUsage.objects.filter(seconds=9).exists()


def test_a_counter_that_was_too_low_stops_no_erasing(run_due: RunDue) -> None:
    transcript_delete(transcript=make_transcript())
    Usage.objects.update(stored_bytes=1)
    assert run_due("erase").erased_at
    assert used().stored_bytes == 0


def test_the_migration_counts_what_was_there_before(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_completed(assemblyai_fake, run_due)
    transcript_delete(transcript=make_url_transcript())
    make_transcript(make_user("mallory"))
    counted = used(), used("mallory")
    Usage.objects.all().delete()
    Transcript.objects.update(stored_bytes=0)
    import_module("transcripts.migrations.0003_usage_filled").fill(apps, None)
    assert (used(), used("mallory")) == counted


@pytest.mark.django_db(transaction=True)
def test_counters_change_in_a_transaction_only() -> None:
    with pytest.raises(RuntimeError):
        usage_free_bytes(transcript=make_transcript())
