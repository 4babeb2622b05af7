"""What callbacks tell in the benchmark: a transcript as it is summed up for third parties."""

from typing import Any
from uuid import uuid4


def data() -> dict[str, Any]:
    """Return what is told of one transcript."""
    transcript = str(uuid4())
    return {
        "id": transcript,
        "status": "completed",
        "call": None,
        "recording": None,
        "title": "The call of this morning",
        "source": "upload",
        "metadata": {"customer": "4711", "case": "2026-11-22/17"},
        "audio_duration": 312.4,
        "language_code": "en_us",
        "confidence": 0.9312,
        "speech_model_used": "universal-3-5-pro",
        "warnings": [],
        "error": None,
        "created_at": "2026-11-22T12:00:00.000000Z",
        "completed_at": "2026-11-22T12:00:31.000000Z",
        "url": f"https://speech.example.com/api/v1/transcripts/{transcript}/",
    }


def body(event_id: str, at: str) -> dict[str, Any]:
    """Return the whole body of one event."""
    return {"id": event_id, "type": "transcript.completed", "timestamp": at, "payload": "summary", "data": data()}
