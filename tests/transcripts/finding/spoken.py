"""Transcripts that say something, for tests that look for them."""

import json
from typing import Any

from django.utils import timezone

from tests.api import TRANSCRIPTS, api_client
from tests.factories import make_user
from transcripts.applying import store_answer
from transcripts.assemblyai_document import ProviderTranscript
from transcripts.models import Status, Transcript
from transcripts.moves import move
from transcripts.services import transcript_create


def spoken(text: str, *, title: str = "", owner: str = "ada") -> Transcript:
    """Make a completed transcript of this text, as the worker does."""
    transcript = transcript_create(owner=make_user(owner), audio_url="https://example.com/a.mp3", title=title)
    now = timezone.now()
    move(transcript.pk, Status.PROCESSING, reason="test", provider_id=f"p-{transcript.pk}", submitted_at=now)
    transcript.refresh_from_db()
    document = {"status": "completed", "text": text, "words": []}
    assert store_answer(transcript, ProviderTranscript(json.dumps(document).encode()))
    transcript.refresh_from_db()
    return transcript


def listed(owner: str = "ada", **parameters: Any) -> list[dict[str, Any]]:
    """Return the first page of a list."""
    response = api_client(owner).get(TRANSCRIPTS, parameters)
    assert response.status_code == 200, response.content
    results: list[dict[str, Any]] = response.json()["results"]
    return results


def found(question: str, owner: str = "ada", **parameters: Any) -> list[str]:
    """Return the ids that a search gives, in its order."""
    return [item["id"] for item in listed(owner, search=question, **parameters)]


def ids(*transcripts: Transcript) -> list[str]:
    return [str(transcript.pk) for transcript in transcripts]
