"""From a recording to its text, with the client that openapi-python-client makes of schema.yml.

`API_KEY=… python example.py http://127.0.0.1:8000 docs/examples/hello.wav`
"""

import hashlib
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
from speech_to_text.api.audio import get_transcript_audio
from speech_to_text.api.keys import create_api_key, get_api_key, revoke_api_key
from speech_to_text.api.reading import get_transcript_srt, get_transcript_text, list_transcript_words
from speech_to_text.api.transcripts import (
    create_transcript,
    delete_transcript,
    get_transcript,
    list_transcripts,
    update_transcript,
)
from speech_to_text.api.usage import get_usage
from speech_to_text.models import (
    ApiKey,
    ApiKeyCreated,
    ApiKeyCreateRequest,
    OptionsRequest,
    PaginatedTranscriptItemList,
    PatchedTranscriptUpdateRequest,
    Problem,
    Transcript,
    TranscriptFromFormRequest,
    TranscriptFromFormRequestMetadata,
    TranscriptItem,
    TranscriptStatus,
    Usage,
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


def fetch_audio(client: AuthenticatedClient, transcript_id: UUID) -> tuple[str, bytes]:
    """Return the hash of the whole file, and its first four bytes as asked for alone."""
    whole = expect(File, get_transcript_audio.sync(transcript_id, client=client))
    head = expect(File, get_transcript_audio.sync(transcript_id, client=client, range_="bytes=0-3"))
    return hashlib.sha256(whole.payload.read()).hexdigest(), head.payload.read()


def rename(client: AuthenticatedClient, transcript_id: UUID, title: str) -> tuple[str, str | None]:
    """Change the title of the version that was seen, twice: by the second time it is another version."""
    seen = get_transcript.sync_detailed(transcript_id, client=client).headers["ETag"]
    body = PatchedTranscriptUpdateRequest(title=title)
    renamed = expect(Transcript, update_transcript.sync(transcript_id, client=client, body=body, if_match=seen))
    late = update_transcript.sync(transcript_id, client=client, body=body, if_match=seen)
    return renamed.title, late.type_ if isinstance(late, Problem) else None


def use_another_key(client: AuthenticatedClient, base_url: str) -> tuple[int, str, str | None]:
    """Ask under a key of its own what was used, and revoke it; return that, its state, and what it is told then."""
    body = ApiKeyCreateRequest(name="another", expires_in_days=1)
    made = expect(ApiKeyCreated, create_api_key.sync(client=client, body=body))
    with AuthenticatedClient(base_url=base_url, token=made.key) as other:
        used = expect(Usage, get_usage.sync(client=other)).storage.used_bytes
        revoke_api_key.sync_detailed(made.id, client=client)
        refused = get_usage.sync(client=other)
    state = expect(ApiKey, get_api_key.sync(made.id, client=client)).state
    return used, state, refused.type_ if isinstance(refused, Problem) else None


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
        sha256, head = fetch_audio(client, transcript.id)
        used, key_state, refused = use_another_key(client, base_url)
        found = search(client, f'"{text}"')
        renamed, late = rename(client, transcript.id, "Renamed")
        report = {
            "id": str(transcript.id),
            "status": transcript.status,
            "title": transcript.title,
            "file": transcript.file.name if transcript.file else None,
            "text": text,
            "words": words,
            "captions": expect(str, get_transcript_srt.sync(transcript.id, client=client)),
            "audio": sha256,
            "head": head.decode(),
            "used": used,
            "key_state": key_state,
            "refused": refused,
            "renamed": renamed,
            "late": late,
            "found": [str(one) for one in found],
            "listed": [str(item.id) for item in list_all(client)],
            "problem": remove(client, transcript.id),
        }
    print(json.dumps(report))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
