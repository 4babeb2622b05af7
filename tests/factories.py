"""Rows for tests, made the way the service makes them."""

from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import User
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.utils import timezone

from api_project.work.leases import Lease, claim
from api_project.work.steps import Step
from transcripts.models import Transcript
from transcripts.services import transcript_create

AUDIO = b"RIFF\x24\x00\x00\x00WAVEfmt not really audio"
LEASE = timedelta(seconds=60)


class ReceivedFile(TemporaryUploadedFile):
    """What the upload handler leaves in the upload folder."""

    def __init__(self, content: bytes = AUDIO, name: str = "call.wav") -> None:
        super().__init__(name, "audio/wav", len(content), None)
        self.write(content)
        self.seek(0)
        self.sha256 = sha256(content).hexdigest()


def make_user(name: str = "ada") -> User:
    return User.objects.get_or_create(username=name)[0]


def make_transcript(owner: User | None = None, content: bytes = AUDIO, **fields: Any) -> Transcript:
    """Accept an upload. Fields that the service does not take are written afterwards."""
    taken = {name: fields.pop(name) for name in ("options", "metadata", "title") if name in fields}
    with closing(ReceivedFile(content)) as file:
        transcript = transcript_create(owner=owner or make_user(), file=file, **taken)
    if fields:
        Transcript.objects.filter(pk=transcript.pk).update(**fields)
        transcript.refresh_from_db()
    return transcript


def make_url_transcript(audio_url: str = "https://example.com/a.mp3", **more: Any) -> Transcript:
    return transcript_create(owner=make_user(), audio_url=audio_url, **more)


def claim_one(step: Step, *, after: timedelta = timedelta()) -> tuple[Any, Lease]:
    """Claim the one due row of a step, `after` from now."""
    ((row, lease),) = claim(step, limit=10, now=timezone.now() + after, lease_for=LEASE)
    return row, lease
