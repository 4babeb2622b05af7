"""Utterances as the provider tells of them, read from its document piece by piece."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import ijson

from transcripts.assemblyai_document import ProviderTranscript
from transcripts.document_pieces import read_document
from transcripts.reading.words import read_share, read_text, read_word


def stored_utterances(transcript_id: UUID) -> Iterator[dict[str, Any]]:
    """Give all utterances; none where the provider was not asked for speakers or channels.

    One utterance is held at a time. Raises `TranscriptResult.DoesNotExist` when the transcript is erased.
    """
    found = 0
    try:
        for value in ijson.items(ijson.from_iter(read_document(transcript_id)), "utterances.item", use_float=True):
            yield from _read_utterance(value)
            found += 1
    except (ijson.JSONError, ValueError):
        # What Python reads and this parser does not, such as NaN or half a character: so rare that it is read whole.
        document = ProviderTranscript(b"".join(read_document(transcript_id))).document
        utterances = document.get("utterances")
        for value in utterances[found:] if isinstance(utterances, list) else []:
            yield from _read_utterance(value)


def _read_utterance(value: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(value, dict):
        return
    words = value.get("words")
    # Its own times and speaker are missing in no other way than a word's.
    as_word = read_word(value)
    yield {
        "text": read_text(value.get("text")),
        "start": as_word.start,
        "end": as_word.end,
        "confidence": read_share(value.get("confidence")),
        "words": [read_word(word)._asdict() for word in words] if isinstance(words, list) else [],
        "speaker": as_word.speaker,
        "channel": as_word.channel,
    }
