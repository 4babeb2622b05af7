"""The same request sent many times at the same moment, to web workers that know nothing of each other."""

from uuid import uuid4

import pytest

from tests.processes.harness import Service
from tests.processes.outcomes import assert_each_completed_once, assert_nothing_left_after_delete, audio
from tests.processes.waiting import wait_until

TIMES = 10


@pytest.mark.parametrize("size", [5_000, 3_000_000])
def test_ten_of_one_key_at_once_make_one_transcript_and_one_job(service: Service, size: int) -> None:
    wait_until(lambda: len(service.web_workers()) == 2, "there are two web workers")
    content, key = audio(size), str(uuid4())
    answers = service.client.upload_together(key, content, TIMES)

    made = [answer.json()["id"] for answer in answers if answer.status_code == 202]
    told_to_wait = [answer.headers["Retry-After"] for answer in answers if answer.status_code == 409]
    assert len(set(made)) == 1, service.said()
    assert len(made) + len(told_to_wait) == TIMES, [answer.text for answer in answers]
    assert service.client.upload_under(key, content) == made[0]
    assert_each_completed_once(service, {made[0]: content})
    assert len(service.rows.submissions(made[0])) == 1
    assert_nothing_left_after_delete(service)
