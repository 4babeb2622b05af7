"""SIGKILL around a callback to a third party: it is never lost, and whatever is sent again has the same id."""

from collections.abc import Iterator

import pytest

from tests.processes.harness import Name, Service
from tests.processes.outcomes import assert_nothing_left_after_delete, audio, settle
from tests.webhooks.outbound.receiver import Received, Receiver, receiver

# Where it is held, who is killed, and which attempts the receiver has seen in the end.
KILLS = [
    ("callback-not-posted", Name.WORKER, [2]),
    ("callback-not-recorded", Name.WORKER, [1, 2]),
    ("callback-not-recorded", Name.ALL, [1, 2]),
    ("callback-recorded", Name.WORKER, [1]),
]


@pytest.fixture(scope="module")
def third_party() -> Iterator[Receiver]:
    with receiver() as server:
        yield server


def told(third_party: Receiver, kind: str, transcript_id: str) -> list[Received]:
    return [each for each in third_party.got if each.type == kind and each.json["data"]["id"] == transcript_id]


@pytest.mark.parametrize(("point", "name", "attempts"), KILLS)
def test_a_callback_comes_under_one_id_whatever_is_killed(
    service: Service, third_party: Receiver, point: str, name: Name, attempts: list[int]
) -> None:
    service.arm(point)
    transcript_id = service.client.upload(audio(), webhook_url=third_party.url)
    service.reached(point)
    service.kill(name)
    service.release(point)
    settle(service)

    received = told(third_party, "transcript.completed", transcript_id)
    assert [each.attempt for each in received] == attempts, service.said()
    assert len({(each.id, each.body) for each in received}) == 1
    # Of an attempt that was cut off nothing is known; its number is not given again.
    assert service.rows.attempts(received[0].id) == ("delivered", attempts[-1:])
    assert_nothing_left_after_delete(service)
    assert len(told(third_party, "transcript.deleted", transcript_id)) == 1
