"""SIGTERM to the worker: what it has in hand is free at once, however long its leases would last."""

from pathlib import Path

import pytest

from tests.processes.harness import Name, Service
from tests.processes.outcomes import assert_each_completed_once, assert_nothing_left_after_delete, audio
from tests.processes.waiting import wait_until

# Nobody would wait for one of these to run out.
pytestmark = pytest.mark.parametrize("service", [{"LEASE_SECONDS": "3600"}], indirect=True, ids=["hour-long-lease"])


def threads_of(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def test_a_step_that_comes_to_its_next_check_hands_its_row_back(service: Service) -> None:
    content = audio()
    service.arm("uploaded")
    accepted = {service.client.upload(content): content}
    pid = service.reached("uploaded")
    threads = threads_of(pid)
    service.terminate(Name.WORKER)
    # Those that had nothing to do are gone: it has told all others to stop.
    wait_until(lambda: threads_of(pid) < threads / 2, "the worker is stopping")
    service.release("uploaded")
    assert_each_completed_once(service, accepted)
    assert len(service.rows.submissions(*accepted)) == 1
    assert_nothing_left_after_delete(service)


def test_the_row_of_a_step_that_hangs_is_handed_back_too(service: Service) -> None:
    content = audio()
    service.arm("uploaded")
    accepted = {service.client.upload(content): content}
    service.reached("uploaded")
    service.terminate(Name.WORKER)
    assert_each_completed_once(service, accepted)
    assert_nothing_left_after_delete(service)
