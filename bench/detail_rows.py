"""`python -m bench.detail_rows`: make one completed transcript as the service does, and print how to ask for it."""

import json
import sys

import django


def main() -> int:
    """Make user, key and transcript; print the id and the key."""
    django.setup()
    from django.utils import timezone

    from api_project.rest.api_keys.services import api_key_create
    from api_project.rest.services import user_ensure
    from transcripts.applying import store_answer
    from transcripts.assemblyai_document import ProviderTranscript
    from transcripts.models import Status
    from transcripts.moves import move
    from transcripts.services import transcript_create

    user = user_ensure(username="bench")
    _, key = api_key_create(user=user, name="bench", scope="read")
    transcript = transcript_create(owner=user, audio_url="https://example.com/speech.flac", title="A minute of speech")
    move(transcript.id, Status.PROCESSING, reason="benchmark", provider_id="bench", submitted_at=timezone.now())
    transcript.refresh_from_db()
    store_answer(transcript, ProviderTranscript(json.dumps(_document()).encode()))
    print(transcript.id, key)
    return 0


def _document() -> dict[str, object]:
    words = [
        {"text": f"word{place}", "start": 400 * place, "end": 400 * place + 350, "confidence": 0.95, "speaker": None}
        for place in range(150)
    ]
    text = " ".join(str(word["text"]) for word in words)
    return {
        "id": "bench",
        "status": "completed",
        "text": text,
        "words": words,
        "confidence": 0.95,
        "audio_duration": 60,
    }


if __name__ == "__main__":
    sys.exit(main())
