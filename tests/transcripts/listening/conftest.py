"""A transcript that asked for redacted audio, and the host that AssemblyAI keeps it on."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.api import audio_folder
from tests.assemblyai_fake import FakeAssemblyAI
from tests.http.host import Host, says
from tests.transcripts.ending import make_processing
from tests.transcripts.listening.redacting import REDACTED, REDACTING
from transcripts.applying import apply_callback
from transcripts.models import RedactedAudio, Transcript

RunDue = Callable[..., Any]


@pytest.fixture(autouse=True)
def _nothing_is_left_of_other_tests() -> None:
    for path in audio_folder():
        path.unlink()


@pytest.fixture
def host() -> Iterator[Host]:
    host = Host()
    host.behaviour = says(f"HTTP/1.1 200 OK\r\nContent-Length: {len(REDACTED)}\r\n\r\n".encode() + REDACTED)
    yield host
    host.close()


@pytest.fixture
def completed(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> Transcript:
    transcript = make_processing(run_due, options=REDACTING)
    assemblyai_fake.complete(transcript.provider_id)
    assert apply_callback(transcript.id, 1, transcript.provider_id) == ""
    transcript.refresh_from_db()
    return transcript


@pytest.fixture
def made(assemblyai_fake: FakeAssemblyAI, completed: Transcript, host: Host) -> Transcript:
    """Return the transcript once AssemblyAI has made its redacted audio."""
    assemblyai_fake.redacted[completed.provider_id] = host.url
    return completed


@pytest.fixture
def stored(made: Transcript, run_due: RunDue) -> RedactedAudio:
    redacted: RedactedAudio = run_due("redacted-audio")
    assert redacted.status == "stored"
    return redacted
