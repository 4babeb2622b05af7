"""SIGKILL to the processes that serve the web, at each point of an upload under an Idempotency-Key.

The client gets no answer, or one that helps it nothing, and sends the same again under the same key until it is told
an id. In the end there is one transcript, and one job at the provider, wherever the first try was cut off.
"""

from uuid import uuid4

import pytest
import requests

from tests.processes.harness import Name, Service
from tests.processes.outcomes import assert_each_completed_once, assert_nothing_left_after_delete, assert_swept, audio

POINTS = ("key-reserved", "body-half-read", "file-moved", "row-not-committed", "row-not-answered")
WEB = (Name.WEB_WORKER, Name.GRANIAN, Name.ALL)


@pytest.mark.parametrize("name", WEB, ids=str)
@pytest.mark.parametrize("point", POINTS)
def test_a_repeated_upload_makes_one_transcript(service: Service, point: str, name: Name) -> None:
    content, key = audio(), str(uuid4())
    service.arm(point)
    cut_off = service.client.upload_under_aside(key, content)
    service.kill(name, service.reached(point))
    with pytest.raises(requests.ConnectionError):
        cut_off.result()
    accepted = {service.client.upload_under(key, content): content}
    assert_each_completed_once(service, accepted)
    assert service.client.upload_under(key, content) in accepted
    assert_swept(service)
    assert_nothing_left_after_delete(service)


def test_a_worker_that_comes_back_to_a_lost_key_makes_nothing(service: Service) -> None:
    """Not killed but silent for longer than its lease, while the same request came again."""
    content, key = audio(), str(uuid4())
    service.arm("file-moved")
    silent = service.client.upload_under_aside(key, content)
    service.reached("file-moved")
    accepted = {service.client.upload_under(key, content): content}
    service.release("file-moved")
    assert silent.result().status_code == 409
    assert_each_completed_once(service, accepted)
    assert_nothing_left_after_delete(service)
