from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api_project.http import LOOPBACK, Policy
from sandbox.assemblyai.store import SCHEMA, Store
from sandbox.assemblyai.webhook_store import WebhookStore
from sandbox.assemblyai.webhooks import Deliverer, RetryRule
from sandbox.database import Database
from sandbox.misbehaviour import Misbehaviour
from tests.sandbox.live import Receiver, SandboxProcess, wait_until

LATER = 4_000_000_000.0


@pytest.mark.parametrize(
    ("attempt", "code", "delay"),
    [
        (1, 500, 10),
        (1, None, 10),
        (1, 302, 10),
        (9, 503, 10),
        (10, 503, None),
        (10, None, None),
        (1, 400, None),
        (1, 404, None),
        (1, 429, None),
    ],
)
def test_it_tries_again_by_the_documented_rule(attempt: int, code: int | None, delay: float | None) -> None:
    assert RetryRule(attempts=10, delay=10).next_delay(attempt, code) == delay


class Desk:
    """A deliverer without its threads, over rows of its own."""

    def __init__(self, folder: Path, receiver: Receiver) -> None:
        database = Database(folder / "test.sqlite3", [SCHEMA])
        self.store = Store(database)
        self.webhooks = WebhookStore(database)
        self.misbehaviour = Misbehaviour()
        self.deliverer = Deliverer(
            self.store,
            self.webhooks,
            self.misbehaviour,
            rule=RetryRule(attempts=3, delay=0),
            policy=Policy(allowed_networks=LOOPBACK),
        )
        self._receiver = receiver

    def finish(self, **request: str) -> str:
        """Let a transcript finish that owes a webhook, and return its id."""
        wanted = {"audio_url": "https://example.com/a.mp3", "webhook_url": self._receiver.url, **request}
        transcript = self.store.add_transcript(account="account", request=wanted, upload_id=None)
        self.store.start(transcript.id)
        self.store.finish(transcript.id, error="No.")
        return transcript.id

    def deliver(self, moment: float = LATER) -> None:
        for batch in self.deliverer.take_due(moment):
            self.deliverer.send(batch)

    def received(self) -> list[str]:
        return [self._receiver.requests.get().json["transcript_id"] for _ in range(self._receiver.requests.qsize())]

    def code(self, transcript_id: str) -> int | None:
        return self.store.get(transcript_id).webhook_status_code


@pytest.fixture
def desk(tmp_path: Path, receiver: Receiver) -> Desk:
    return Desk(tmp_path, receiver)


def test_the_code_is_remembered(desk: Desk) -> None:
    made = desk.finish()
    desk.deliver()
    assert desk.received() == [made]
    assert desk.code(made) == 204


def test_a_success_is_not_repeated(desk: Desk) -> None:
    desk.finish()
    desk.deliver()
    desk.deliver()
    assert len(desk.received()) == 1


def test_a_server_error_is_tried_again(desk: Desk, receiver: Receiver) -> None:
    receiver.statuses = [503, 500]
    made = desk.finish()
    for _ in range(5):
        desk.deliver()
    assert desk.received() == [made] * 3
    assert desk.code(made) == 204


def test_it_gives_up_after_the_last_attempt(desk: Desk, receiver: Receiver) -> None:
    receiver.statuses = [503] * 9
    made = desk.finish()
    for _ in range(5):
        desk.deliver()
    assert desk.received() == [made] * 3
    assert desk.code(made) == 503


def test_a_client_error_ends_it(desk: Desk, receiver: Receiver) -> None:
    receiver.statuses = [404]
    made = desk.finish()
    desk.deliver()
    desk.deliver()
    assert desk.received() == [made]
    assert desk.code(made) == 404


def test_a_refused_connection_is_tried_again(desk: Desk) -> None:
    made = desk.finish(webhook_url="http://127.0.0.1:9/")
    for _ in range(5):
        desk.deliver()
    assert desk.webhooks.due(LATER) == []
    assert desk.code(made) is None


def test_a_private_address_is_not_asked(desk: Desk) -> None:
    desk.finish(webhook_url="http://10.0.0.1/")
    for _ in range(3):
        desk.deliver()
    assert desk.received() == []


def test_nothing_is_sent_for_a_deleted_transcript(desk: Desk) -> None:
    desk.store.erase(desk.finish(), upload_id=None)
    desk.deliver()
    assert desk.received() == []


def test_a_transcript_without_a_webhook_owes_none(desk: Desk) -> None:
    transcript = desk.store.add_transcript(account="a", request={"audio_url": "https://x.example/"}, upload_id=None)
    desk.store.start(transcript.id)
    desk.store.finish(transcript.id, result={})
    assert desk.webhooks.due(LATER) == []


def test_webhooks_can_be_dropped(desk: Desk) -> None:
    desk.misbehaviour.instruct({"webhooks": {"drop": 1}})
    made = [desk.finish(), desk.finish()]
    desk.deliver()
    assert desk.received() == [made[1]]


def test_webhooks_can_be_duplicated(desk: Desk) -> None:
    desk.misbehaviour.instruct({"webhooks": {"duplicate": 1}})
    made = [desk.finish(), desk.finish()]
    desk.deliver()
    desk.deliver()
    assert desk.received() == [made[0], made[0], made[1]]


def test_webhooks_can_be_reordered(desk: Desk) -> None:
    desk.misbehaviour.instruct({"webhooks": {"reorder": 3}})
    made = []
    for _ in range(3):
        made.append(desk.finish())
        desk.deliver()
    assert desk.received() == made[::-1]
    assert desk.misbehaviour.webhooks_to_reorder == 0


@pytest.mark.parametrize("instructions", [{}, {"webhooks": {"reorder": 2}}])
def test_held_webhooks_are_released_when_no_more_are_waited_for(instructions: dict[str, Any], desk: Desk) -> None:
    desk.misbehaviour.instruct({"webhooks": {"reorder": 3}})
    made = []
    for _ in range(2):
        made.append(desk.finish())
        desk.deliver()
    assert desk.received() == []
    desk.misbehaviour.instruct(instructions)
    desk.deliver()
    desk.deliver()
    assert desk.received() == made[::-1]


def test_webhooks_can_be_delayed(desk: Desk) -> None:
    desk.misbehaviour.instruct({"webhooks": {"delay": 60}})
    made = desk.finish()
    desk.deliver(LATER)
    desk.deliver(LATER + 59)
    assert desk.received() == []
    desk.deliver(LATER + 61)
    assert desk.received() == [made]


def test_a_webhook_that_was_not_delivered_is_sent_after_a_restart(
    start_sandbox: Callable[..., SandboxProcess], receiver: Receiver
) -> None:
    receiver.statuses = [503]
    sandbox = start_sandbox(WEBHOOK_DELAY=1)
    made = sandbox.submit("https://example.com/a.mp3", webhook_url=receiver.url, speaker_labels=True)
    receiver.next()
    sandbox.kill()
    sandbox.start()
    assert receiver.next().json == {"transcript_id": made["id"], "status": "error"}
    wait_until(lambda: sandbox.get(made["id"])["webhook_status_code"] == 204, sandbox.describe)


def test_loopback_receivers_are_refused_unless_allowed(
    start_sandbox: Callable[..., SandboxProcess], receiver: Receiver
) -> None:
    sandbox = start_sandbox(ALLOW_LOOPBACK=0, ALLOW_LOOPBACK_AUDIO=1, WEBHOOK_ATTEMPTS=1)
    sandbox.submit("https://example.com/a.mp3", webhook_url=receiver.url, speaker_labels=True)
    wait_until(lambda: "AddressRefused" in sandbox.describe())
    assert receiver.requests.empty()
