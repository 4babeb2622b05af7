"""Keeping the search in step with what is stored. All of it happens in the transaction that changes the transcript."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from transcripts.finding.documents import Document, first_number, tags
from transcripts.finding.engines import search_engine
from transcripts.finding.tokens import tokens
from transcripts.models import SearchEntry, Transcript

TEXT = "result__text"
COLUMNS = ("id", "owner_id", "title", "source", "call_id", "status", TEXT)


def search_entry_write(transcript: Transcript, *, words: Sequence[str] | None = None) -> None:
    """Let a transcript be found by the title and text that it has now.

    Call it in the transaction that has written the transcript's row, and behind that: the lock on the row is what keeps
    a new title and a new text from overwriting each other here. What is written is read from the database anew.

    Args:
        words: the text's `tokens`, if they were made beforehand, so that no lock waits for them.
    """
    columns = [name for name in COLUMNS if words is None or name != TEXT]
    row = Transcript.objects.filter(pk=transcript.pk, deleted_at=None).values(*columns).first()
    if row:
        write_document(document_of(row, words))


def search_entry_remove(transcript: Transcript) -> None:
    """Let a transcript not be found again."""
    SearchEntry.objects.filter(transcript=transcript.pk).delete()


def document_of(row: dict[str, Any], words: Sequence[str] | None = None) -> Document:
    """Return what is to be written about a transcript, given as the columns above."""
    return Document(
        number=first_number(row["id"]),
        transcript_id=row["id"],
        owner_id=row["owner_id"],
        title=tokens(row["title"]),
        text=tokens(row[TEXT] or "") if words is None else words,
        tags=tags(owner_id=row["owner_id"], source=row["source"], call_id=row["call_id"], status=row["status"]),
    )


def write_document(document: Document) -> None:
    """Write a document in place of the transcript's earlier one; one without words only takes that away."""
    if not document.words:
        SearchEntry.objects.filter(transcript=document.transcript_id).delete()
        return
    engine = search_engine()
    while (number := _number_of(document.transcript_id)) is None:
        if engine.insert(document):
            return
        # One of 32,768 of the same millisecond has the same number.
        document = replace(document, number=document.number + 1)
    engine.replace(replace(document, number=number))


def _number_of(transcript_id: UUID) -> int | None:
    return SearchEntry.objects.filter(transcript=transcript_id).values_list("id", flat=True).first()
