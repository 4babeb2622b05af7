"""Whatever happens to a transcript at the moment at which it is deleted: it goes, whole, and nobody is told of trouble.

The steps, the callback and the owner's other wishes run in threads that begin together with the DELETE. What comes of
it differs from round to round; what holds in the end does not.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from unittest.mock import patch

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from api_project.work.leases import claim
from api_project.work.runner import run_step
from tests.api import TRANSCRIPTS, api_client, audio_folder
from tests.factories import LEASE, make_transcript, make_url_transcript
from tests.http.host import Host, says
from tests.provider_fixtures import step_named
from tests.threads import PATIENCE, in_thread
from tests.transcripts.listening.redacting import REDACTED, REDACTING
from tests.transcripts.test_interleavings import World
from transcripts.models import RedactedAudio, SearchEntry, Submission, Transcript, TranscriptResult
from transcripts.services import transcript_delete
from transcripts.usage.recounting import usage_recount
from webhooks.models import ReceivedEvent

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3
DELETES = ["delete", "delete_if_unchanged"]
# What a worker logs when it has made a mistake, or could not write.
TROUBLE = {"work.crashed", "work.unrecorded"}


@pytest.fixture
def host() -> Iterator[Host]:
    host = Host()
    host.behaviour = says(f"HTTP/1.1 200 OK\r\nContent-Length: {len(REDACTED)}\r\n\r\n".encode() + REDACTED)
    yield host
    host.close()


class Scene:
    """A world whose clock stands while many are at work, with two more transcripts in each round."""

    def __init__(self, host: Host) -> None:
        self.client = api_client()
        self.world = World("nowhere", host)
        self.mine = list(Transcript.objects.values_list("pk", flat=True))
        self.statuses: list[int] = []
        self._clock = timezone.now
        self._provider_is_busy = threading.Lock()

    def handle(self, transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        # It counts its requests to name jobs.
        with self._provider_is_busy:
            return self.world.provider.handle(request)

    def now(self) -> datetime:
        return self._clock() + self.world.passed

    def next_round(self) -> None:
        self.world.calls_back.clear()
        self.mine = [make_transcript(options=REDACTING, title="One").pk, make_url_transcript(title="Two").pk]

    def run(self, name: str) -> None:
        """Do what is due of a step now, as a worker does that looks at this moment."""
        now = timezone.now()
        for row, lease in claim(step_named(name), limit=10, now=now, lease_for=LEASE):
            run_step(step_named(name), row, lease)

    def ask(self, method: str, path: str = "", body: bytes = b"", if_match: str = "") -> None:
        only_if = {"If-Match": if_match} if if_match else {}
        client = Client(headers={"Authorization": self.client.defaults["HTTP_AUTHORIZATION"], **only_if})
        for pk in self.mine:
            answer = client.generic(method, f"{TRANSCRIPTS}{pk}/{path}", body, content_type="application/json")
            self.statuses.append(answer.status_code)

    def delete(self) -> None:
        self.ask("DELETE")

    def delete_if_unchanged(self) -> None:
        self.ask("DELETE", if_match="*")

    def change(self) -> None:
        self.ask("PATCH", body=b'{"title": "Another one", "metadata": {"a": 1}}')

    def retry(self) -> None:
        self.ask("POST", "retry/")

    def call_back(self) -> None:
        self.world.webhooks_arrive()
        self.run("apply")


def queued(scene: Scene) -> None:
    """Nothing has happened yet."""


def lost(scene: Scene) -> None:
    """One of the jobs was begun without our learning its id, and both have ended."""
    scene.world.provider.lose_next_answer = True
    ended(scene)


def ended(scene: Scene) -> None:
    scene.world.step("submit")
    scene.world.provider_ends("completed")


def failed(scene: Scene) -> None:
    scene.world.step("submit")
    scene.world.provider_ends("error")
    scene.world.step("reconcile")


def redacted(scene: Scene) -> None:
    ended(scene)
    scene.world.step("reconcile")
    scene.world.provider_redacts()


SCENES: list[tuple[Callable[[Scene], None], list[str]]] = [
    (queued, ["submit", "change", "erase"]),
    (lost, ["submit", "call_back", "erase"]),
    (ended, ["call_back", "reconcile", "change"]),
    (failed, ["retry", "submit", "discard"]),
    (redacted, ["redacted-audio", "call_back", "erase"]),
]


@pytest.mark.parametrize(("prepare", "others"), SCENES, ids=lambda value: getattr(value, "__name__", ""))
def test_what_is_deleted_while_all_are_at_work_goes_whole(
    host: Host, caplog: pytest.LogCaptureFixture, prepare: Callable[[Scene], None], others: list[str]
) -> None:
    scene = Scene(host)
    with (
        patch.object(httpx.HTTPTransport, "handle_request", lambda *args: scene.handle(*args)),
        patch.object(timezone, "now", scene.now),
    ):
        for number in range(ROUNDS):
            scene.next_round()
            prepare(scene)
            at_once([work_of(scene, name) for name in [DELETES[number % 2], *others]])
            # A DELETE that was refused, or came before the transcript was changed, is said again.
            scene.delete()
        for transcript in Transcript.objects.filter(deleted_at=None):
            transcript_delete(transcript=transcript)
        scene.world.calls_back.clear()
        scene.world.settle()
    assert max(scene.statuses) < 500
    assert [record for record in caplog.records if getattr(record, "action", "") in TROUBLE] == []
    check_nothing_is_left(scene)


def work_of(scene: Scene, name: str) -> Callable[[], None]:
    work = getattr(scene, name, None)
    return work or (lambda: scene.run(name))


def at_once(works: list[Callable[[], None]]) -> None:
    begin = threading.Barrier(len(works))

    def begun_together(work: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            begin.wait(PATIENCE)
            work()

        return run

    with ExitStack() as threads:
        for work in works:
            threads.enter_context(in_thread(begun_together(work)))


def check_nothing_is_left(scene: Scene) -> None:
    assert not Transcript.objects.filter(erased_at=None).exists()
    assert scene.world.provider.jobs == {}
    assert set(audio_folder()) == scene.world.files_before
    for model in (TranscriptResult, SearchEntry, RedactedAudio):
        assert not model._default_manager.exists(), model
    assert not Submission.objects.exclude(next_attempt_at=None, upload_url="").exists()
    assert not ReceivedEvent.objects.exclude(body="").exists()
    assert not Transcript.objects.exclude(title="", metadata={}).exists()
    owner = Transcript.objects.values_list("owner", flat=True).distinct().get()
    assert not usage_recount(owner_id=owner)
