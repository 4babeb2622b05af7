"""What is stored about a transcript, a module per thing; the allowed moves stand in `moves.py`."""

from transcripts.models.redacted_audio import RedactedAudio
from transcripts.models.result import DocumentPiece, TranscriptResult, WordPage
from transcripts.models.search import SearchEntry
from transcripts.models.submission import Submission
from transcripts.models.transcript import (
    ErrorCode,
    Source,
    Status,
    Transcript,
    TranscriptMove,
    WaitingFor,
    audio_storage,
)
from transcripts.models.usage import MonthlyUsage, Usage

__all__ = [
    "DocumentPiece",
    "ErrorCode",
    "MonthlyUsage",
    "RedactedAudio",
    "SearchEntry",
    "Source",
    "Status",
    "Submission",
    "Transcript",
    "TranscriptMove",
    "TranscriptResult",
    "Usage",
    "WaitingFor",
    "WordPage",
    "audio_storage",
]
