"""Jobs at the provider whose beginner was killed, was too slow, or was deleted meanwhile: found, and never two."""

from uuid import UUID

import pytest
from django.test import override_settings

from tests.processes.harness import ASKING, Name, Service
from tests.processes.outcomes import (
    assert_each_completed_once,
    assert_erased,
    assert_nothing_left_after_delete,
    audio,
    settle,
)
from tests.processes.waiting import wait_until
from transcripts.webhook_secrets import HEADER_NAME, webhook_secret

# A request may be on its way, and a job unlisted, for longer than this test takes.
PATIENT = {**ASKING, "ASSEMBLYAI_HTTP_TIMEOUT": "30", "LEASE_SECONDS": "40", "LIST_LAGS_SECONDS": "60"}

# Called back, a service learns of a lost job in more than one way.
asking_only = pytest.mark.parametrize("service", [ASKING], ids=["asking"], indirect=True)
both_ways = pytest.mark.parametrize("service", [{}, ASKING], ids=["called", "asking"], indirect=True)
at_each_point = pytest.mark.parametrize(
    "point", ["row-not-submitted", "upload-half-sent", "uploaded", "about-to-start", "about-to-submit", "submitted"]
)


@at_each_point
def test_who_lost_the_lease_while_submitting_leaves_no_job(service: Service, point: str) -> None:
    content = audio()
    service.arm("heartbeat", point)
    transcript_id = service.client.upload(content)
    service.reached(point)
    # Nobody renews the lease, so another thread takes the row over and passes.
    service.reached("heartbeat")
    service.client.wait_for_status(transcript_id, "completed")
    service.release("heartbeat")
    service.release_submitter(point)
    assert_each_completed_once(service, {transcript_id: content})
    assert_nothing_left_after_delete(service)


@both_ways
@at_each_point
def test_who_is_overtaken_by_a_delete_leaves_no_job(service: Service, point: str) -> None:
    service.arm(point)
    transcript_id = service.client.upload(audio())
    service.reached(point)
    service.client.delete(transcript_id)
    service.release_submitter(point)
    assert_erased(service)


@asking_only
@at_each_point
def test_who_goes_on_when_all_has_been_erased_leaves_no_job(service: Service, point: str) -> None:
    service.arm(point)
    transcript_id = service.client.upload(audio())
    service.reached(point)
    service.client.delete(transcript_id)
    assert_erased(service)
    service.release_submitter(point)
    assert_erased(service)


@pytest.mark.parametrize("service", [{}, PATIENT], ids=["called", "asking"], indirect=True)
def test_a_job_begun_while_it_was_erased_is_deleted_though_its_beginner_was_killed(service: Service) -> None:
    service.arm("about-to-submit", "submitted", "discard-ended")
    transcript_id = service.client.upload(audio())
    service.reached("about-to-submit")
    service.client.delete(transcript_id)
    # It has looked for the job in vain.
    service.reached("discard-ended")
    service.release("discard-ended", "about-to-submit")
    service.reached("submitted")
    service.kill(Name.WORKER)
    assert_erased(service)


@both_ways
def test_a_killed_workers_job_is_found_again(service: Service) -> None:
    content = audio()
    service.arm("submitted")
    transcript_id = service.client.upload(content)
    service.reached("submitted")
    service.kill(Name.WORKER)
    assert_each_completed_once(service, {transcript_id: content})
    assert len(service.rows.submissions(transcript_id)) == 1
    assert_nothing_left_after_delete(service)


@both_ways
def test_a_killed_workers_job_is_found_though_its_transcript_was_deleted(service: Service) -> None:
    service.arm("submitted")
    transcript_id = service.client.upload(audio())
    service.reached("submitted")
    service.kill(Name.WORKER)
    service.client.delete(transcript_id)
    assert_erased(service)


def test_a_job_whose_answer_was_lost_is_found_again(service: Service) -> None:
    content = audio()
    service.provider.misbehave(lose_answers=1)
    transcript_id = service.client.upload(content)
    wait_until(lambda: bool(service.provider.live_jobs()), "the provider has a job")
    service.kill(Name.SANDBOX)
    assert_each_completed_once(service, {transcript_id: content})
    assert len(service.rows.submissions(transcript_id)) == 1
    assert_nothing_left_after_delete(service)


def test_a_job_that_shows_itself_late_is_deleted(service: Service) -> None:
    content = audio()
    service.arm("about-to-submit")
    transcript_id = service.client.upload(content)
    service.reached("about-to-submit")
    service.kill(Name.WORKER)
    settle(service)
    assert len(service.rows.submissions(transcript_id)) == 2
    begin_as_the_first_submission(service, transcript_id)
    assert_each_completed_once(service, {transcript_id: content})
    assert_nothing_left_after_delete(service)


def begin_as_the_first_submission(service: Service, transcript_id: str) -> None:
    """Send what the killed worker was about to send, as a slow network may do for it."""
    (_, audio_url, webhook_url), _ = service.rows.submissions(transcript_id)
    secret = (service.data_dir / "secrets" / "webhook_secrets").read_text().strip()
    with override_settings(WEBHOOK_SECRETS=[secret]):
        header = (HEADER_NAME, webhook_secret(UUID(transcript_id), 1))
    service.provider.begin(audio_url, webhook_url=webhook_url, header=header)
