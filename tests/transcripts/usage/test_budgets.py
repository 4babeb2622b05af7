from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from tests import api
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import AUDIO, make_transcript, make_url_transcript, make_user
from tests.provider_fixtures import RunDue
from tests.transcripts.ending import make_failed
from transcripts.exceptions import OverBudget
from transcripts.models import MonthlyUsage, Transcript, Usage
from transcripts.services import transcript_delete, transcript_retry
from transcripts.usage.budgets import budget_set
from transcripts.usage.months import month_of, next_month
from transcripts.usage.recounting import usage_recount

SIZE = len(AUDIO)


def use_minutes(minutes: int) -> None:
    make_transcript()
    MonthlyUsage.objects.update(seconds=minutes * 60)


@pytest.mark.django_db
def test_without_a_budget_there_is_no_end() -> None:
    use_minutes(10**6)
    make_transcript()
    assert Transcript.objects.count() == 2
    assert Usage.objects.get().stored_bytes == 2 * SIZE


@pytest.mark.django_db
def test_storage_may_be_used_to_the_last_byte_and_no_further(settings: Settings) -> None:
    settings.USER_STORAGE_BYTES = 2 * SIZE
    make_transcript()
    make_transcript()
    with api.nothing_is_kept(), pytest.raises(OverBudget) as refused:
        make_transcript()
    assert refused.value.budget == "storage"
    assert f"{2 * SIZE} of {2 * SIZE} bytes" in str(refused.value)


@pytest.mark.django_db
def test_audio_that_the_provider_fetches_needs_no_storage(settings: Settings) -> None:
    settings.USER_STORAGE_BYTES = 1
    make_url_transcript()
    assert Transcript.objects.get().stored_bytes == 0


@pytest.mark.django_db
def test_erasing_makes_room(settings: Settings, run_due: RunDue) -> None:
    settings.USER_STORAGE_BYTES = SIZE
    transcript_delete(transcript=make_transcript())
    with pytest.raises(OverBudget):
        make_transcript()
    run_due("erase")
    make_transcript()
    assert Usage.objects.get().stored_bytes == SIZE


@pytest.mark.django_db
def test_used_up_minutes_end_with_the_month(settings: Settings) -> None:
    settings.USER_MINUTES_PER_MONTH = 10
    use_minutes(10)
    with api.nothing_is_kept(), pytest.raises(OverBudget) as refused:
        make_url_transcript()
    assert refused.value.budget == "minutes"
    ends = next_month(month_of(timezone.now()))
    assert "10 minutes of audio a month, and have used 10;" in str(refused.value) and f"{ends}T00:00:00Z" in str(
        refused.value
    )
    MonthlyUsage.objects.update(month=month_of(timezone.now()).replace(year=2020))
    made = make_url_transcript()
    assert Transcript.objects.filter(pk=made.pk).exists()


@pytest.mark.django_db
def test_while_there_are_minutes_any_audio_is_taken(settings: Settings) -> None:
    settings.USER_MINUTES_PER_MONTH = 10
    use_minutes(9)
    made = make_transcript()
    assert Transcript.objects.filter(pk=made.pk).exists()


@pytest.mark.django_db
def test_what_failed_is_not_tried_again_without_minutes(
    settings: Settings, assemblyai_fake: FakeAssemblyAI, run_due: RunDue
) -> None:
    failed = make_failed(assemblyai_fake, run_due)
    settings.USER_MINUTES_PER_MONTH = 10
    MonthlyUsage.objects.update(seconds=600)
    with pytest.raises(OverBudget):
        transcript_retry(transcript=failed)
    assert Transcript.objects.get().status == "error"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("own", "everybodys", "fits"), [(SIZE, 1, True), (1, 0, False), (0, 1, True), (None, 1, False)]
)
def test_a_users_own_budget_counts_before_everybodys(
    settings: Settings, own: int | None, everybodys: int, fits: bool
) -> None:
    settings.USER_STORAGE_BYTES = everybodys
    budget_set(owner_id=make_user().pk, storage_budget=own)
    try:
        make_transcript()
    except OverBudget:
        assert not fits
    else:
        assert fits


@pytest.mark.django_db
def test_a_strangers_budget_is_their_own() -> None:
    budget_set(owner_id=make_user("mallory").pk, storage_budget=1)
    make_transcript()
    assert Usage.objects.get(owner=make_user()).stored_bytes == SIZE


@pytest.mark.django_db(transaction=True)
def test_uploads_at_the_same_time_cannot_take_more_than_there_is(settings: Settings) -> None:
    settings.USER_STORAGE_BYTES = 5 * SIZE
    make_user()
    with ThreadPoolExecutor(8) as pool:
        accepted = list(pool.map(_try, range(16)))
    assert sum(accepted) == 5
    assert Usage.objects.get().stored_bytes == 5 * SIZE
    assert Transcript.objects.count() == 5


def _try(_: int) -> bool:
    try:
        make_transcript()
        return True
    except OverBudget:
        return False
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_counting_anew_beside_uploads_and_deletes_loses_nothing() -> None:
    owner = make_user().pk

    def work(number: int) -> None:
        try:
            if number % 3 == 0:
                usage_recount(owner_id=owner)
            else:
                transcript = make_transcript()
                if number % 3 == 1:
                    transcript_delete(transcript=transcript)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(30)))
    assert Usage.objects.values_list("transcripts", "stored_bytes").get() == (10, 20 * SIZE)
    assert not usage_recount(owner_id=owner)
