"""The provider's document as it is stored: byte for byte, in pieces, so that nobody has to hold the whole of it."""

from collections.abc import Iterator
from uuid import UUID

from transcripts.models import DocumentPiece, TranscriptResult

PIECE_BYTES = 256 * 1024


def store_document(result: TranscriptResult, content: bytes) -> None:
    """Keep a document beside its result; part of the caller's transaction."""
    view = memoryview(content)
    for number, start in enumerate(range(0, len(content), PIECE_BYTES)):
        # One at a time: many in one statement would stand in memory together, on PostgreSQL four times over.
        DocumentPiece.objects.create(result=result, number=number, content=bytes(view[start : start + PIECE_BYTES]))


def read_document(transcript_id: UUID) -> Iterator[bytes]:
    """Give the pieces in their order, by a query each. Raises `TranscriptResult.DoesNotExist` when it is erased."""
    stored = TranscriptResult.objects.filter(pk=transcript_id)
    number = 0
    while piece := DocumentPiece.objects.filter(result=transcript_id, number=number).values_list("content").first():
        yield bytes(piece[0])
        number += 1
    if not stored.exists():
        raise TranscriptResult.DoesNotExist
