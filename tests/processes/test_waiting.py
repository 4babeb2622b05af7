"""Clients that wait for the end of a transcript, while processes come and go."""

import time

from tests.processes.harness import Name, Service
from tests.processes.outcomes import assert_each_completed_once, assert_nothing_left_after_delete, audio

# Granian's own limit after a stop, and then some; those who wait would wait for far longer.
SOON_SECONDS = 20


def test_a_client_that_waits_is_told_the_end(service: Service) -> None:
    content = audio()
    accepted = {service.client.upload(content): content}
    (transcript_id,) = accepted
    answer = service.client.wait_aside(transcript_id, 60).result()
    assert (answer.status_code, answer.json()["status"]) == (200, "completed")
    assert answer.headers["Preference-Applied"] == "wait=60"
    assert_each_completed_once(service, accepted)
    assert_nothing_left_after_delete(service)


def test_a_web_server_that_is_stopped_answers_those_who_wait(service: Service) -> None:
    content = audio()
    service.arm("row-not-submitted")
    accepted = {service.client.upload(content): content}
    service.reached("row-not-submitted")
    service.arm("waiting")
    (transcript_id,), began = accepted, time.monotonic()
    answer = service.client.wait_aside(transcript_id, 60)
    service.reached("waiting")
    service.release("waiting")
    service.terminate(Name.GRANIAN)
    assert (answer.result().status_code, answer.result().json()["status"]) == (200, "queued")
    assert time.monotonic() - began < SOON_SECONDS
    service.release("row-not-submitted")
    assert_each_completed_once(service, accepted)
    assert_nothing_left_after_delete(service)
