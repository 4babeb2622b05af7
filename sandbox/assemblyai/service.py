"""The stand-in as a whole: what it consists of, its start and its end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.routing import Route

from api_project.http import LOOPBACK, Policy
from sandbox.assemblyai import options
from sandbox.assemblyai.jobs import JobRunner
from sandbox.assemblyai.routes import OPERATIONS, build_routes
from sandbox.assemblyai.sources import Sources
from sandbox.assemblyai.store import SCHEMA, Store, Transcript
from sandbox.assemblyai.uploads import Uploads
from sandbox.assemblyai.webhook_store import WebhookStore
from sandbox.assemblyai.webhooks import Deliverer, RetryRule
from sandbox.database import Database
from sandbox.misbehaviour import Misbehaviour
from sandbox.settings import Settings
from sandbox.speech.engine import Recogniser
from sandbox.speech.pool import PooledRecogniser
from sandbox.speech.stub import StubRecogniser

USER_AGENT = "sandbox-assemblyai"


class AssemblyAI:
    name = "assemblyai"
    schema = SCHEMA
    operations = OPERATIONS

    def __init__(self, settings: Settings, database: Database, misbehaviour: Misbehaviour) -> None:
        folder = settings.data_dir / self.name
        self.settings = settings
        self.misbehaviour = misbehaviour
        self.store = Store(database)
        self.uploads = Uploads(
            self.store, folder / "uploads", base_url=settings.base_url, max_bytes=settings.max_upload_bytes
        )
        self._sources = Sources(
            self.store, self.uploads, folder=folder / "tmp", base_url=settings.base_url, policy=_fetch_policy(settings)
        )
        self.recogniser = build_recogniser(settings, folder / "tmp")
        self.deliverer = Deliverer(
            self.store,
            WebhookStore(database),
            misbehaviour,
            rule=RetryRule(settings.webhook_attempts, settings.webhook_delay),
            policy=_webhook_policy(settings),
        )
        self.jobs = JobRunner(self.store, self._sources, self.recogniser, self.deliverer, at_once=settings.jobs_at_once)

    def routes(self) -> list[Route]:
        return build_routes(self)

    def start(self) -> None:
        self.uploads.remove_strays()
        self.expire()
        self.recogniser.start()
        self.deliverer.start()
        self.jobs.start()

    def stop(self) -> None:
        self.jobs.stop()
        self.deliverer.stop()
        self.recogniser.stop()

    def expire(self) -> None:
        """Forget what is kept for a time only; called now and then."""
        self.uploads.expire(older_than_hours=self.settings.upload_hours)

    def submit(self, request: dict[str, Any], account: str) -> Transcript:
        """Return the new job; it is on the disk."""
        upload_id = self._sources.upload_of(request["audio_url"], account)
        transcript = self.store.add_transcript(account=account, request=request, upload_id=upload_id)
        self.jobs.add(transcript.id)
        return transcript

    def erase(self, transcript: Transcript) -> None:
        """Blank the record and remove its upload; other jobs that still need the upload end as `error`."""
        self.store.erase(transcript.id, upload_id=transcript.upload_id)
        if transcript.upload_id:
            self.uploads.path(transcript.upload_id).unlink(missing_ok=True)
        self.deliverer.wake()

    def overview(self) -> dict[str, Any]:
        """Return what GET /_sandbox/ tells of this stand-in."""
        return {
            "emulated": [f"{route.name.removeprefix('assemblyai-')}: {route.path}" for route in self.routes()],
            "honoured": sorted(options.HONOURED),
            "accepted_without_effect": sorted({*options.HINTS, *self.settings.extra_options}),
            "not_emulated": sorted(options.FEATURES),
            "languages": list(options.ENGLISH),
            "engine": self.settings.engine,
            "jobs": self.store.counts(),
            "unfinished": [
                {"id": found.id, "status": found.status, "progress": self.jobs.progress(found)}
                for found in self.store.open_transcripts()
            ],
        }


def build_recogniser(settings: Settings, spool_dir: Path) -> Recogniser:
    if settings.engine == "stub":
        return StubRecogniser(settings.stub_delay)
    return PooledRecogniser(
        engine=settings.engine,
        model_dir=settings.model_dir,
        processes=settings.processes,
        spool_dir=spool_dir,
        longest_ms=round(settings.max_audio_hours * 3_600_000),
        decode_timeout=settings.decode_timeout,
        segment_timeout=settings.segment_timeout,
    )


def _fetch_policy(settings: Settings) -> Policy:
    return Policy(
        connect_timeout=10,
        read_timeout=30,
        total_timeout=settings.fetch_timeout,
        max_bytes=settings.max_upload_bytes,
        allowed_networks=LOOPBACK if settings.allow_loopback_audio else (),
        user_agent=USER_AGENT,
    )


def _webhook_policy(settings: Settings) -> Policy:
    return Policy(
        connect_timeout=settings.webhook_timeout,
        read_timeout=settings.webhook_timeout,
        total_timeout=settings.webhook_timeout,
        allowed_networks=LOOPBACK if settings.allow_loopback else (),
        user_agent=USER_AGENT,
    )
