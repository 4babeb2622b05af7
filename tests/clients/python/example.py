"""From a recording to its text, with the client that openapi-python-client makes of schema.yml.

`API_KEY=… python example.py http://127.0.0.1:8000 docs/examples/hello.wav`
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

from httpx import Timeout
from speech_to_text import AuthenticatedClient
from speech_to_text.api.reading import get_transcript_text, list_transcript_words
from speech_to_text.api.transcripts import create_transcript, delete_transcript, get_transcript, list_transcripts
from speech_to_text.models import (
    OptionsRequest,
    PaginatedTranscriptItemList,
    Problem,
    Transcript,
    TranscriptFromFormRequest,
    TranscriptFromFormRequestMetadata,
    TranscriptItem,
    TranscriptStatus,
    WordPage,
)
from speech_to_text.types import UNSET, File

Answer = TypeVar("Answer")
ENDED = (TranscriptStatus.COMPLETED, TranscriptStatus.ERROR)


def expect(kind: type[Answer], answer: object) -> Answer:
    """Return what a call gave, or raise an error that says what the service says."""
    if isinstance(answer, Problem):
        raise RuntimeError(answer.detail)
    if not isinstance(answer, kind):
        raise RuntimeError(f"This is no {kind.__name__}: {answer!r}")
    return answer


def create(client: AuthenticatedClient, path: Path) -> Transcript:
    metadata = TranscriptFromFormRequestMetadata()
    metadata["case"] = 4711
    with path.open("rb") as file:
        body = TranscriptFromFormRequest(
            file=File(payload=file, file_name=path.name),
            title="Hello from Python",
            metadata=metadata,
            options=OptionsRequest(punctuate=True),
        )
        # Sent again under the same key, after a connection broke, it would still be one transcript.
        answer = create_transcript.sync(client=client, body=body, idempotency_key=str(uuid4()), prefer="wait=5")
    return expect(Transcript, answer)


def wait(client: AuthenticatedClient, transcript: Transcript) -> Transcript:
    while transcript.status not in ENDED:
        time.sleep(0.1)
        transcript = expect(Transcript, get_transcript.sync(transcript.id, client=client, prefer="wait=30"))
    return transcript


def read(client: AuthenticatedClient, transcript_id: UUID) -> tuple[str, list[str]]:
    text = expect(str, get_transcript_text.sync(transcript_id, client=client))
    page = expect(WordPage, list_transcript_words.sync(transcript_id, client=client))
    return text, [word.text for word in page.results]


def search(client: AuthenticatedClient, words: str) -> list[UUID]:
    page = expect(PaginatedTranscriptItemList, list_transcripts.sync(client=client, search=words))
    return [found.id for found in page.results]


def list_all(client: AuthenticatedClient) -> Iterator[TranscriptItem]:
    cursor = ""
    while True:
        answer = list_transcripts.sync(client=client, limit=100, cursor=cursor or UNSET)
        page = expect(PaginatedTranscriptItemList, answer)
        yield from page.results
        if page.next_ is None:
            return
        cursor = parse_qs(urlsplit(page.next_).query)["cursor"][0]


def remove(client: AuthenticatedClient, transcript_id: UUID) -> str | None:
    delete_transcript.sync_detailed(transcript_id, client=client)
    gone = get_transcript.sync(transcript_id, client=client)
    return gone.type_ if isinstance(gone, Problem) else None


def main(base_url: str, recording: Path) -> None:
    with AuthenticatedClient(base_url=base_url, token=os.environ["API_KEY"], timeout=Timeout(60)) as client:
        transcript = wait(client, create(client, recording))
        text, words = read(client, transcript.id)
        report = {
            "id": str(transcript.id),
            "status": transcript.status,
            "title": transcript.title,
            "file": transcript.file.name if transcript.file else None,
            "text": text,
            "words": words,
            "found": [str(found) for found in search(client, f'"{text}"')],
            "listed": [str(item.id) for item in list_all(client)],
            "problem": remove(client, transcript.id),
        }
    print(json.dumps(report))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
