"""Words as if spoken, for tests: half a second from one to the next."""

from collections.abc import Callable
from typing import Any

from tests.assemblyai_fake import FakeAssemblyAI
from tests.transcripts.ending import make_completed
from transcripts.models import Transcript
from transcripts.reading.words import Word

RunDue = Callable[..., Any]


def said(
    text: str, *, start: int = 0, channel: str | None = None, speaker: str | None = None, every: int = 500
) -> list[Word]:
    return [
        Word(word, start + place * every, start + place * every + 400, 0.9, speaker, channel)
        for place, word in enumerate(text.split())
    ]


def interleaved(*voices: list[Word]) -> list[Word]:
    """Return the words of all by time, as the provider lists them."""
    return sorted((word for voice in voices for word in voice), key=lambda word: word.start)


def make_said(fake: FakeAssemblyAI, run_due: RunDue, words: Any, **more: Any) -> Transcript:
    """Bring a document with these words home."""
    if isinstance(words, list):
        words = [word._asdict() if isinstance(word, Word) else word for word in words]
        texts = [word["text"] for word in words if isinstance(word, dict) and isinstance(word.get("text"), str)]
        more = {"text": " ".join(texts), **more}
    return make_completed(fake, run_due, **{"words": words, **more})
