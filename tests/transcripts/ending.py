"""Transcripts that have ended, by the way they end in earnest."""

from collections.abc import Callable
from typing import Any

from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import make_transcript
from transcripts.applying import apply_callback
from transcripts.models import Transcript

RunDue = Callable[..., Any]


def make_processing(run_due: RunDue, **fields: Any) -> Transcript:
    """Return a transcript that the provider is working on."""
    make_transcript(**fields)
    transcript: Transcript = run_due("submit")
    return transcript


def make_completed(fake: FakeAssemblyAI, run_due: RunDue, text: str = "Hello world.", **more: Any) -> Transcript:
    transcript = make_processing(run_due)
    fake.complete(transcript.provider_id, text, **more)
    return _applied(transcript)


def make_failed(fake: FakeAssemblyAI, run_due: RunDue, error: str = "No audio in it.") -> Transcript:
    transcript = make_processing(run_due)
    fake.fail(transcript.provider_id, error)
    return _applied(transcript)


def _applied(transcript: Transcript) -> Transcript:
    assert apply_callback(transcript.id, 1, transcript.provider_id) == ""
    transcript.refresh_from_db()
    return transcript
