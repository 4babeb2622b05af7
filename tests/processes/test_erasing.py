"""SIGKILL while what a client deleted is being erased: it goes on until nothing is left, here and at the provider."""

import pytest

from tests.processes.harness import SLOW_PROVIDER, Name, Service
from tests.processes.outcomes import assert_each_completed_once, assert_erased, audio
from tests.processes.waiting import wait_until


@pytest.mark.parametrize("name", list(Name), ids=str)
def test_what_is_not_yet_erased_at_the_provider_is_erased(service: Service, name: Name) -> None:
    transcript_id = completed(service)
    service.arm("not-erased-at-provider")
    service.client.delete(transcript_id)
    service.reached("not-erased-at-provider")
    assert service.provider.live_jobs()
    service.kill(name)
    service.release("not-erased-at-provider")
    assert_erased(service)


@pytest.mark.parametrize("name", [Name.WORKER, Name.ALL], ids=str)
def test_what_is_erased_here_but_not_noted_is_erased(service: Service, name: Name) -> None:
    transcript_id = completed(service)
    service.arm("erased-here")
    service.client.delete(transcript_id)
    service.reached("erased-here")
    service.kill(name)
    service.release("erased-here")
    assert_erased(service)


@pytest.mark.parametrize("name", [Name.WORKER, Name.SANDBOX], ids=str)
def test_what_is_erased_at_the_provider_but_not_noted_counts_as_erased(service: Service, name: Name) -> None:
    transcript_id = completed(service)
    service.arm("erased-at-provider")
    service.client.delete(transcript_id)
    service.reached("erased-at-provider")
    service.kill(name)
    service.release("erased-at-provider")
    assert_erased(service)


@pytest.mark.parametrize("point", ["result-fetched", "result-half-stored"])
@pytest.mark.parametrize("name", [Name.WORKER, Name.SANDBOX], ids=str)
def test_a_result_that_comes_home_to_a_deleted_transcript_is_not_kept(service: Service, point: str, name: Name) -> None:
    service.arm(point)
    transcript_id = service.client.upload(audio())
    service.reached(point)
    deleting = service.client.delete_aside(transcript_id)
    service.kill(name)
    service.release(point)
    deleting.result()
    assert_erased(service)


@pytest.mark.parametrize("service", [SLOW_PROVIDER], indirect=True, ids=["slow-provider"])
@pytest.mark.parametrize("name", [Name.WORKER, Name.SANDBOX], ids=str)
def test_a_job_in_hand_is_deleted(service: Service, name: Name) -> None:
    service.arm("not-erased-at-provider")
    transcript_id = service.client.upload(audio())
    wait_until(service.provider.is_working, "the provider works on it")
    service.client.delete(transcript_id)
    service.reached("not-erased-at-provider")
    service.kill(name)
    service.release("not-erased-at-provider")
    assert_erased(service)


def completed(service: Service) -> str:
    content = audio()
    transcript_id = service.client.upload(content)
    assert_each_completed_once(service, {transcript_id: content})
    return transcript_id
