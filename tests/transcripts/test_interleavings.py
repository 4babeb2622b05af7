"""Whatever happens in whatever order: every transcript ends, once, and the provider is left with no job too many."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import httpx
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from api_project.work.leases import claim
from api_project.work.runner import run_step
from api_project.work.steps import registry
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import LEASE, make_transcript, make_url_transcript
from tests.provider_fixtures import step_named
from transcripts.exceptions import WrongStatus
from transcripts.models import Submission, Transcript, TranscriptMove, TranscriptResult
from transcripts.provider_health import failures_in_a_row
from transcripts.services import transcript_delete, transcript_retry

TRANSCRIPTS = 2
TURNS_TO_THE_END = 12


class Killed(BaseException):
    """The process dies here: nothing after this line happens, and nothing is tidied up."""


class World:
    """The service and the provider, moved by one event at a time."""

    def __init__(self, blind: str) -> None:
        self.blind = blind
        self.provider = FakeAssemblyAI(list_lags=blind != "nowhere")
        self.passed = timedelta()
        self.calls_back: list[dict[str, Any]] = []
        make_transcript()
        make_url_transcript()

    def step(self, name: str) -> None:
        """Let the worker look for this work once."""
        # Long enough for leases and delays to pass, short enough for nothing to be given up by age.
        self.passed += timedelta(minutes=7)
        now = timezone.now()
        for row, lease in claim(step_named(name), limit=10, now=now, lease_for=LEASE):
            try:
                run_step(step_named(name), row, lease, now=now)
            except Killed:
                return

    def killed_at(self, path: str, name: str) -> None:
        """Let the worker do this work, and die after the provider's next answer from an address like this."""
        answer = self.provider.handle

        def die(request: httpx.Request) -> httpx.Response:
            response = answer(request)
            if request.url.path.startswith(path):
                raise Killed
            return response

        with patch.object(self.provider, "handle", die):
            self.step(name)

    def provider_fails(self, status: int) -> None:
        self.provider.fail_next(status)

    def provider_ends(self, how: str) -> None:
        for job_id, job in self.provider.jobs.items():
            if job["status"] == "queued":
                self.provider.complete(job_id) if how == "completed" else self.provider.fail(job_id, "no speech")
                self.calls_back.append(dict(self.provider.jobs[job_id]))

    def webhooks_arrive(self) -> None:
        if self.blind == "webhooks":
            return
        for job in reversed(self.calls_back):  # not in the order of their making
            path = job["webhook_url"].removeprefix("http://127.0.0.1:8000")
            headers = {job["webhook_auth_header_name"]: job["webhook_auth_header_value"]}
            body = {"transcript_id": job["id"], "status": job["status"]}
            assert Client().post(path, body, content_type="application/json", headers=headers).status_code == 204

    def owner(self, what: str, which: int) -> None:
        transcript = Transcript.objects.order_by("id")[which]
        if what == "delete":
            transcript_delete(transcript=transcript)
            return
        try:
            transcript_retry(transcript=transcript)
        except WrongStatus:
            pass

    def settle(self) -> None:
        """Everything works from now on, and everybody gets their turn."""
        self.provider.failures.clear()
        self.provider.list_lags = self.blind == "list"
        for _ in range(TURNS_TO_THE_END):
            self.provider_ends("completed")
            self.webhooks_arrive()
            for step in registry.steps:
                self.step(step.name)


NAMES = st.sampled_from(["submit", "apply", "reconcile", "erase", "discard"])
EVENTS = st.one_of(
    st.tuples(st.just("step"), NAMES),
    st.tuples(st.just("step"), st.just("submit")),
    st.tuples(st.just("killed_at"), st.just("/v2/transcript"), NAMES),
    st.tuples(st.just("killed_at"), st.sampled_from(["/v2/upload", "/v2/transcript"]), st.just("submit")),
    st.tuples(st.just("provider_fails"), st.sampled_from([401, 429, 500, 503])),
    st.tuples(st.just("provider_ends"), st.sampled_from(["completed", "error"])),
    st.tuples(st.just("webhooks_arrive")),
    st.tuples(st.just("owner"), st.sampled_from(["delete", "retry"]), st.integers(0, TRANSCRIPTS - 1)),
)


# What does not tell of lost jobs: the provider's list shows none, or it lags and no webhook ever comes.
BLIND = st.sampled_from(["nowhere", "list", "webhooks"])


class InterleavingTest(TestCase):
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(EVENTS, max_size=14), BLIND)
    def test_every_transcript_ends_once_and_no_job_is_left_over(
        self, events: list[tuple[Any, ...]], blind: str
    ) -> None:
        failures_in_a_row.clear()
        world, clock = World(blind), timezone.now
        with (
            patch.object(httpx.HTTPTransport, "handle_request", lambda _, request: world.provider.handle(request)),
            patch.object(timezone, "now", lambda: clock() + world.passed),
        ):
            for name, *arguments in events:
                getattr(world, name)(*arguments)
            world.settle()
        self.check(world)

    def check(self, world: World) -> None:
        live = Transcript.objects.filter(deleted_at=None)
        assert set(live.values_list("status", flat=True)) <= {"completed", "error"}
        assert not Transcript.objects.filter(deleted_at__isnull=False, erased_at=None).exists()
        assert not Transcript.objects.exclude(lease_token=None).exists()
        completed = live.filter(status="completed")
        assert TranscriptResult.objects.count() == completed.count()
        for transcript in completed:
            assert TranscriptMove.objects.filter(transcript=transcript, to_status="completed").count() == 1
        counting = set(live.exclude(provider_id="").values_list("provider_id", flat=True))
        assert set(world.provider.jobs) == counting, "a job is left over, or one that counts is gone"
        assert not Submission.objects.filter(next_attempt_at__isnull=False).exists()
