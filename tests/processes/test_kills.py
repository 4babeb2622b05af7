"""SIGKILL to each process at each point between an accepted upload and its stored result.

Each test holds a process exactly at the point, kills, lets what is left go on, and looks at the end. The points before
are in `test_receiving.py`, those after in `test_erasing.py`. Who is killed (`all`: everything at once, as when power
fails), and why not the others:

| point                               | killed                        | left out, because                           |
|-------------------------------------|-------------------------------|---------------------------------------------|
| body half read                      | each, all                     |                                             |
| file moved but no row               | web worker, main, all         | worker, sandbox: they know nothing of it    |
| row committed but not answered      | web worker, main, all         | the same                                    |
| row but not submitted               | each, all                     |                                             |
| upload to the provider half sent    | worker, sandbox               | web: no part in it; all: as at the next     |
| uploaded to the provider            | worker, sandbox, all          | web: no part in it                          |
| begun but not submitted             | worker, sandbox               | web: no part in it; all: as at the next     |
| submitted but id not stored         | each, all                     |                                             |
| job in the provider's hand          | worker, sandbox, all          | web: no part in it                          |
| webhook stored but not answered     | web worker, main, sandbox, all | worker: that is the next point              |
| webhook stored but not applied      | each, all                     |                                             |
| result fetched but not stored       | worker, sandbox, all          | web: no part in it                          |
| result half stored                  | worker, all                   | web, sandbox: no part in it                 |
| half erased: not at the provider    | each, all                     |                                             |
| half erased: here, but not noted    | worker, all                   | web, sandbox: no part in it                 |
| half erased: there, but not noted   | worker, sandbox               | web: no part in it; all: as at the others   |
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
    "upload-half-sent": (Name.WORKER, Name.SANDBOX),
    "uploaded": WORK,
    "about-to-submit": (Name.WORKER, Name.SANDBOX),
    "submitted": EVERYBODY,
    "webhook-not-applied": EVERYBODY,
    "result-fetched": (Name.WORKER, Name.SANDBOX),
    "result-half-stored": (Name.WORKER, Name.ALL),
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
