"""Requests under one Idempotency-Key, in any order, delayed and killed anywhere: one transcript and one job.

Requests run in threads, but one at a time: each stands still at every point below until it is its turn. A killed one
never goes on; what a dying process would not do, such as to free its key, is not done either.
"""

import threading
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from unittest.mock import patch

import httpx
from django.db import connections
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TransactionTestCase

from api_project.rest.idempotency import once
from api_project.rest.idempotency import services as keys
from api_project.work.leases import claim
from api_project.work.runner import run_step
from tests.api import TRANSCRIPTS, WAV, api_client, audio_folder
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import LEASE
from tests.provider_fixtures import step_named
from transcripts import services
from transcripts.models import Transcript
from transcripts.provider_health import failures_in_a_row

CALLERS = 3
PATIENCE_SECONDS = 30
KEY = "one-and-the-same"


class Killed(BaseException):
    """The process dies here."""


class Caller(threading.Thread):
    """A request that goes on to its next point when it is told to."""

    def __init__(self, client: Client) -> None:
        super().__init__(daemon=True)
        self.client = client
        self.killed = self.ended = self.dies_in_transaction = self.is_unwinding = False
        self.response: Any = None
        self._go, self._stands = threading.Semaphore(0), threading.Semaphore(0)
        self.start()

    def run(self) -> None:
        try:
            self._wait_for_turn()
            self.response = self.client.generic("POST", TRANSCRIPTS, **request_with(Slowly(WAV)))
        except Killed:
            pass
        finally:
            connections.close_all()
            self.ended = True
            self._stands.release()

    @property
    def is_over(self) -> bool:
        return self.killed or self.ended

    def go_on(self) -> None:
        """Let it come to its next point, or to its end."""
        if self.is_over:
            return
        self._go.release()
        assert self._stands.acquire(timeout=PATIENCE_SECONDS), "a request hangs"

    def stand_still(self) -> None:
        self._stands.release()
        self._wait_for_turn()

    def _wait_for_turn(self) -> None:
        if not self.is_unwinding:
            self._go.acquire()
        if self.is_unwinding:
            raise Killed

    def unwind(self) -> None:
        """Let go of the thread of a killed request; nothing it does any more counts."""
        self.is_unwinding = True
        self._go.release()
        self.join(PATIENCE_SECONDS)


class Slowly(BytesIO):
    """A body that comes in two parts."""

    def read(self, size: int | None = -1) -> bytes:
        point()
        return super().read(min(size or 0, len(WAV) // 2 + 1))


def keyed_client(client: Client, key: str) -> Client:
    """Return another client of the same user."""
    return Client(HTTP_AUTHORIZATION=client.defaults["HTTP_AUTHORIZATION"], HTTP_IDEMPOTENCY_KEY=key)


def request_with(body: Any) -> dict[str, Any]:
    return {"wsgi.input": body, "CONTENT_LENGTH": str(len(WAV)), "CONTENT_TYPE": "audio/wav"}


def point() -> None:
    caller = threading.current_thread()
    if isinstance(caller, Caller):
        caller.stand_still()


def die_in_transaction() -> None:
    caller = threading.current_thread()
    if isinstance(caller, Caller) and caller.dies_in_transaction:
        caller.killed = True
        raise Killed


def standing_before(function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        point()
        return function(*args, **kwargs)

    return wrapper


class World:
    """The service, its callers and the provider, moved by one event at a time."""

    def __init__(self) -> None:
        self.provider = FakeAssemblyAI()
        self.passed = timedelta()
        self.client = keyed_client(api_client(), KEY)
        self.callers: list[Caller] = []
        self.last: Any = None

    def begin(self) -> None:
        self.callers = [Caller(keyed_client(self.client, KEY)) for _ in range(CALLERS)]

    def goes_on(self, which: int) -> None:
        self.callers[which].go_on()

    def is_killed(self, which: int) -> None:
        if not self.callers[which].is_over:
            self.callers[which].killed = True

    def dies_in_transaction(self, which: int) -> None:
        self.callers[which].dies_in_transaction = True

    def leases_pass(self) -> None:
        self.passed += LEASE + timedelta(seconds=1)

    def worker_looks(self) -> None:
        now = timezone.now()
        for row, lease in claim(step_named("submit"), limit=10, now=now, lease_for=LEASE):
            run_step(step_named("submit"), row, lease, now=now)

    def settle(self) -> None:
        """Whoever lives comes to its end; then the request is sent once more."""
        for caller in self.callers:
            while not caller.is_over:
                caller.go_on()
        self.leases_pass()
        self.last = self.client.generic("POST", TRANSCRIPTS, **request_with(BytesIO(WAV)))
        self.worker_looks()

    def patches(self) -> list[Any]:
        clock, finish, release = timezone.now, keys.key_finish, once.Once.release
        before_release = standing_before(release)

        def finish_or_die(**given: Any) -> None:
            finish(**given)
            die_in_transaction()

        def release_unless_dead(self: once.Once) -> None:
            caller = threading.current_thread()
            dying = isinstance(caller, Caller) and caller.killed
            (before_release if dying else release)(self)

        return [
            patch.object(httpx.HTTPTransport, "handle_request", lambda _, request: self.provider.handle(request)),
            patch.object(timezone, "now", lambda: clock() + self.passed),
            patch.object(once, "key_reserve", standing_before(keys.key_reserve)),
            patch.object(services, "_keep", standing_before(services._keep)),
            patch.object(services, "transcript_create", standing_after(services.transcript_create)),
            patch.object(once, "key_finish", finish_or_die),
            patch.object(once.Once, "release", release_unless_dead),
        ]


def standing_after(function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        point()
        return result

    return wrapper


WHICH = st.integers(0, CALLERS - 1)
EVENTS = st.one_of(
    st.tuples(st.just("goes_on"), WHICH),
    st.tuples(st.just("goes_on"), WHICH),
    st.tuples(st.just("goes_on"), WHICH),
    st.tuples(st.just("is_killed"), WHICH),
    st.tuples(st.just("dies_in_transaction"), WHICH),
    st.tuples(st.just("leases_pass")),
    st.tuples(st.just("worker_looks")),
)


class OnceTest(TransactionTestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(EVENTS, min_size=10, max_size=40))
    def test_one_key_makes_one_transcript_and_one_job(self, events: list[tuple[Any, ...]]) -> None:
        failures_in_a_row.clear()
        files = len(audio_folder())
        world = World()
        patches = world.patches()
        for each in patches:
            each.start()
        try:
            world.begin()
            for name, *arguments in events:
                getattr(world, name)(*arguments)
            world.settle()
            self.check(world)
        finally:
            for caller in world.callers:
                caller.unwind()
            for each in patches:
                each.stop()
        assert len(audio_folder()) - files <= 1 + CALLERS

    def check(self, world: World) -> None:
        transcript = Transcript.objects.get()
        assert world.last.status_code == 202
        answers = [caller.response for caller in world.callers if caller.response is not None] + [world.last]
        for answer in answers:
            if answer.status_code == 202:
                assert answer.json()["id"] == str(transcript.pk)
            else:
                assert (answer.status_code, answer.json()["type"]) == (409, "/api/problems/idempotency-in-progress/")
        assert len(world.provider.jobs) == 1


class AtOnceTest(TransactionTestCase):
    def test_of_many_at_the_same_moment_one_makes_something(self) -> None:
        client = api_client()
        for number in range(4):
            answers = all_at_once([keyed_client(client, f"{KEY}-{number}") for _ in range(8)])
            ids = {answer.json()["id"] for answer in answers if answer.status_code == 202}
            assert len(ids) == 1
            assert {answer.status_code for answer in answers} <= {202, 409}
            assert Transcript.objects.count() == number + 1


def all_at_once(clients: list[Client]) -> list[Any]:
    begin, answers = threading.Barrier(len(clients)), []

    def send(client: Client) -> None:
        try:
            begin.wait()
            answers.append(client.generic("POST", TRANSCRIPTS, **request_with(BytesIO(WAV))))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert len(answers) == len(clients)
    return answers
