"""SIGKILL to each process at each point between an upload's first byte and its stored result.

Each test holds a process exactly at the point, kills, lets what is left go on, and looks at the end.
"""

import pytest

from tests.processes.harness import ASKING, SLOW_PROVIDER, Name, Service
from tests.processes.outcomes import (
    MIB,
    assert_each_completed_once,
    assert_nothing_left_after_delete,
    audio,
)
from tests.processes.waiting import wait_until

WORK = (Name.WORKER, Name.SANDBOX, Name.ALL)
EVERYBODY = (Name.WEB_WORKER, Name.GRANIAN, Name.WORKER, Name.SANDBOX, Name.ALL)
AT_WORK: dict[str, tuple[Name, ...]] = {
    "row-not-submitted": EVERYBODY,
    "upload-half-sent": WORK,
    "uploaded": WORK,
    "about-to-submit": WORK,
    "submitted": EVERYBODY,
    "webhook-not-applied": EVERYBODY,
    "result-fetched": WORK,
    "result-half-stored": WORK,
}


def named(table: dict[str, tuple[Name, ...]]) -> list[object]:
    return [pytest.param(point, name, id=f"{point}-{name}") for point, names in table.items() for name in names]


@pytest.mark.parametrize(("point", "name"), named(AT_WORK))
def test_an_accepted_upload_completes_once(service: Service, point: str, name: Name) -> None:
    content = audio(MIB)
    service.arm(point)
    accepted = {service.client.upload(content): content}
    service.reached(point)
    service.kill(name)
    service.release(point)
    assert_each_completed_once(service, accepted)
    assert_nothing_left_after_delete(service)


@pytest.mark.parametrize("service", [ASKING], indirect=True, ids=["asking"])
@pytest.mark.parametrize("name", WORK, ids=str)
def test_a_result_that_was_asked_for_is_stored_once(service: Service, name: Name) -> None:
    content = audio()
    service.arm("result-fetched-by-asking")
    accepted = {service.client.upload(content): content}
    service.reached("result-fetched-by-asking")
    service.kill(name)
    service.release("result-fetched-by-asking")
    assert_each_completed_once(service, accepted)
    assert_nothing_left_after_delete(service)


@pytest.mark.parametrize("service", [SLOW_PROVIDER], indirect=True, ids=["slow-provider"])
@pytest.mark.parametrize("name", WORK, ids=str)
def test_a_job_that_the_provider_had_in_hand_completes_once(service: Service, name: Name) -> None:
    content = audio()
    accepted = {service.client.upload(content): content}
    wait_until(service.provider.is_working, "the provider works on it")
    service.kill(name)
    assert_each_completed_once(service, accepted)
    assert_nothing_left_after_delete(service)
