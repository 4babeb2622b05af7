"""Whatever happens in whatever order: every transcript ends, once, and the provider is left with no job too many."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
from django.db.models import Q
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from api_project.work.leases import claim
from api_project.work.runner import run_step
from api_project.work.steps import registry
from tests.api import audio_folder
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import LEASE, make_transcript, make_url_transcript
from tests.http.host import Host, says
from tests.provider_fixtures import step_named
from tests.transcripts.listening.redacting import REDACTED, REDACTING
from transcripts.exceptions import WrongStatus
from transcripts.lost_jobs import LIST_LAGS_BY
from transcripts.models import RedactedAudio, Submission, Transcript, TranscriptMove, TranscriptResult
from transcripts.provider_health import failures_in_a_row
from transcripts.services import transcript_delete, transcript_retry
from transcripts.storage import DurableFileSystemStorage

TRANSCRIPTS = 2
TURNS_TO_THE_END = 12


class Killed(BaseException):
    """The process dies here: nothing after this line happens, and nothing is tidied up."""


class World:
    """The service and the provider, moved by one event at a time."""

    def __init__(self, blind: str, host: Host) -> None:
        self.blind = blind
        self.host = host
        self.provider = FakeAssemblyAI(
            list_lags=blind == "list", list_lags_by=LIST_LAGS_BY if blind == "webhooks" else timedelta()
        )
        self.passed = timedelta()
        # Jobs, and what is said about them.
        self.calls_back: list[tuple[dict[str, Any], dict[str, str]]] = []
        self.files_before = set(audio_folder())
        make_transcript(options=REDACTING)
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

    def while_keeping_the_redacted(self, what: str, when: str) -> None:
        """Let the worker fetch redacted audio, and something happen as its file is moved to its place."""
        original = DurableFileSystemStorage._save

        def happen() -> None:
            if what == "killed":
                raise Killed
            self.owner("delete", 0)
            if what == "erased":
                self.step("erase")

        def save(storage: DurableFileSystemStorage, name: str, content: Any) -> str:
            if when == "before":
                happen()
            saved = original(storage, name, content)
            if when == "after":
                happen()
            return saved

        with patch.object(DurableFileSystemStorage, "_save", save):
            self.step("redacted-audio")

    def provider_fails(self, status: int) -> None:
        self.provider.fail_next(status)

    def provider_ends(self, how: str) -> None:
        for job_id, job in self.provider.jobs.items():
            if job["status"] == "queued":
                self.provider.complete(job_id) if how == "completed" else self.provider.fail(job_id, "no speech")
                job = dict(self.provider.jobs[job_id])
                self.calls_back.append((job, {"transcript_id": job["id"], "status": job["status"]}))

    def provider_redacts(self) -> None:
        for job_id, job in self.provider.jobs.items():
            asked = job["status"] == "completed" and job.get("redact_pii_audio")
            if asked and job_id not in self.provider.redacted:
                self.provider.redacted[job_id] = self.host.url
                self.calls_back.append((dict(job), {"status": "redacted_audio_ready", "redacted_audio_url": "x"}))

    def webhooks_arrive(self) -> None:
        if self.blind == "webhooks":
            return
        for job, body in reversed(self.calls_back):  # not in the order of their making
            path = job["webhook_url"].removeprefix("http://127.0.0.1:8000")
            headers = {job["webhook_auth_header_name"]: job["webhook_auth_header_value"]}
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
        for _ in range(TURNS_TO_THE_END):
            self.provider_ends("completed")
            self.provider_redacts()
            self.webhooks_arrive()
            for step in registry.steps:
                self.step(step.name)


NAMES = st.sampled_from(["submit", "apply", "reconcile", "erase", "discard", "redacted-audio"])
EVENTS = st.one_of(
    st.tuples(st.just("step"), NAMES),
    st.tuples(st.just("step"), st.just("submit")),
    st.tuples(st.just("killed_at"), st.just("/v2/transcript"), NAMES),
    st.tuples(st.just("killed_at"), st.sampled_from(["/v2/upload", "/v2/transcript"]), st.just("submit")),
    st.tuples(st.just("provider_fails"), st.sampled_from([401, 429, 500, 503])),
    st.tuples(st.just("provider_ends"), st.sampled_from(["completed", "error"])),
    st.tuples(st.just("webhooks_arrive")),
    st.tuples(st.just("provider_redacts")),
    st.tuples(
        st.just("while_keeping_the_redacted"),
        st.sampled_from(["killed", "deleted", "erased"]),
        st.sampled_from(["before", "after"]),
    ),
    st.tuples(st.just("owner"), st.sampled_from(["delete", "retry"]), st.integers(0, TRANSCRIPTS - 1)),
)


IS_REDACTED = [("step", "submit"), ("provider_ends", "completed"), ("step", "reconcile"), ("provider_redacts",)]
DELETED = ("owner", "delete", 0)
# What does not tell of lost jobs: the provider's list shows none, or it lags and no webhook ever comes.
BLIND = st.sampled_from(["nowhere", "list", "webhooks"])


class RedactingHostTestCase(TestCase):
    """Has a host from which redacted audio can be fetched."""

    host: Host

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.host = Host()
        cls.host.behaviour = says(f"HTTP/1.1 200 OK\r\nContent-Length: {len(REDACTED)}\r\n\r\n".encode() + REDACTED)

    @classmethod
    def tearDownClass(cls) -> None:
        cls.host.close()
        super().tearDownClass()


class InterleavingTest(RedactingHostTestCase):
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(EVENTS, max_size=14), BLIND)
    @example([*IS_REDACTED, ("while_keeping_the_redacted", "killed", "before"), DELETED], "nowhere")
    @example([*IS_REDACTED, ("while_keeping_the_redacted", "killed", "after"), DELETED], "nowhere")
    @example([*IS_REDACTED, ("while_keeping_the_redacted", "killed", "after")], "nowhere")
    @example([*IS_REDACTED, ("while_keeping_the_redacted", "erased", "before")], "nowhere")
    @example([*IS_REDACTED, ("while_keeping_the_redacted", "deleted", "after")], "nowhere")
    def test_every_transcript_ends_once_and_no_job_is_left_over(
        self, events: list[tuple[Any, ...]], blind: str
    ) -> None:
        failures_in_a_row.clear()
        world, clock = World(blind, self.host), timezone.now
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
        self.check_redacted(world)

    def check_redacted(self, world: World) -> None:
        asked = Transcript.objects.filter(deleted_at=None, status="completed", options__redact_pii_audio=True)
        redacted = RedactedAudio.objects.all()
        assert [row.status for row in redacted] == ["stored"] * asked.count()
        assert not redacted.filter(Q(lease_token__isnull=False) | Q(next_attempt_at__isnull=False)).exists()
        assert all(Path(row.audio.path).read_bytes() == REDACTED for row in redacted)
        originals = Transcript.objects.exclude(audio="")
        known = {Path(row.audio.path) for row in originals} | {Path(row.audio.path) for row in redacted}
        assert set(audio_folder()) - world.files_before == known, "a file is left over, or one is gone"
