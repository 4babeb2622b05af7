"""A recogniser that listens to nothing: quick, and always the same words for the same bytes. For tests."""

import threading
from hashlib import sha256
from pathlib import Path

from sandbox.speech.engine import (
    AudioRejected,
    AudioRequest,
    Progress,
    RecogniserFailed,
    Recognition,
    SpokenWord,
    Utterance,
)

WORDS = (
    "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa "
    "quebec romeo sierra tango uniform victor whiskey zulu"
).split()
WORDS_SPOKEN = 12
WORD_MS = 400
READ = 64 * 1024
STEPS = 10


class StubRecogniser:
    def __init__(self, delay: float = 0) -> None:
        self._delay = delay
        self._stopping = threading.Event()

    def start(self) -> None:
        self._stopping.clear()

    def stop(self) -> None:
        self._stopping.set()

    def recognise(self, request: AudioRequest, progress: Progress) -> Recognition:
        if not request.path.stat().st_size:
            raise AudioRejected("File is empty.")
        for step in range(STEPS):
            progress(step * 100 // STEPS)
            if self._stopping.wait(self._delay / STEPS):
                raise RecogniserFailed("stopped")
        channels = 2 if request.multichannel else 1
        spoken = [Utterance(channel, stub_words(request.path, channel)) for channel in range(channels)]
        length = WORDS_SPOKEN * WORD_MS
        return Recognition(duration_ms=length, channels=channels, speech_ms=length * channels, utterances=spoken)


def stub_words(path: Path, channel: int = 0) -> list[SpokenWord]:
    """Return the words for a file: they tell its first 64 KiB, its size and the channel."""
    with path.open("rb") as file:
        digest = sha256(file.read(READ) + f"{path.stat().st_size} {channel}".encode()).digest()
    return [
        SpokenWord(WORDS[byte % len(WORDS)], place * WORD_MS, place * WORD_MS + WORD_MS - 100, 0.9)
        for place, byte in enumerate(digest[:WORDS_SPOKEN])
    ]
