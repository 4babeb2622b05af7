"""A made result of many words, as AssemblyAI would give it, and a provider that has nothing else."""

import contextlib
import json
import random
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

JOB = "long-result"
VOCABULARY = "speech text the and of station people remember a to country question weather morning tomorrow".split()
# As in a conversation: after every twelfth word a full stop, after every fortieth the other one speaks.
SENTENCE, TURN = 12, 40
WORDS_PER_SECOND = 100_000 / 36_000


def make_document(words: int) -> bytes:
    """Return the JSON of a finished job; ten hours of speech are 100,000 words and 23 MB."""
    dice = random.Random(words)
    time = 0
    spoken: list[dict[str, Any]] = []
    for place in range(1, words + 1):
        length = dice.randrange(80, 320)
        text = dice.choice(VOCABULARY) + ("." if place % SENTENCE == 0 else "")
        spoken.append(_spoken(text, time, time + length, round(dice.random(), 5), "AB"[place // TURN % 2]))
        time += length + dice.choice((10, 40, 300))
    turns = [spoken[start : start + TURN] for start in range(0, words, TURN)]
    return json.dumps(
        {
            "id": JOB,
            "status": "completed",
            "audio_url": "https://example.com/speech.flac",
            "text": _text(spoken),
            "words": spoken,
            "utterances": [
                _spoken(_text(turn), turn[0]["start"], turn[-1]["end"], 0.9, turn[0]["speaker"]) | {"words": turn}
                for turn in turns
            ],
            "confidence": 0.93,
            "audio_duration": round(words / WORDS_PER_SECOND),
        }
    ).encode()


def _spoken(text: str, start: int, end: int, confidence: float, speaker: str) -> dict[str, Any]:
    known: dict[str, Any] = {"text": text, "start": start, "end": end, "confidence": confidence}
    return known | {"speaker": speaker, "channel": None}


def _text(words: list[dict[str, Any]]) -> str:
    return " ".join(word["text"] for word in words)


@contextlib.contextmanager
def running_provider(port: int, document: bytes) -> Iterator[None]:
    """Answer every GET on loopback with the document."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(document)))
            self.end_headers()
            self.wfile.write(document)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
