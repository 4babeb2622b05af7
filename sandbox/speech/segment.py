"""Cut a stream of samples into stretches with a voice. Never decode without: digital silence decodes to a word."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from pocketsphinx import Endpointer

from sandbox.speech.engine import SAMPLE_BYTES, SAMPLE_RATE

# One long utterance is recognised worse than short ones (39.5 % and 29 % word errors), and would be held in memory.
LONGEST_MS = 25_000
# Where a stretch has to be cut, the quietest moment of its last part is taken.
SEARCH_MS = 8_000
BYTES_PER_MS = SAMPLE_RATE * SAMPLE_BYTES // 1000


@dataclass(frozen=True, slots=True)
class Stretch:
    """Samples with a voice; `ends_speech` is false when the voice goes on in the next stretch."""

    start_ms: int
    pcm: bytes
    ends_speech: bool


class Segmenter:
    """Feed it the samples of one channel as they come; it holds at most half a minute."""

    def __init__(self) -> None:
        # Mode 0 is the least eager to call something silence: the best of those measured.
        self._endpointer = Endpointer(vad_mode=0, sample_rate=SAMPLE_RATE)
        self._frame_bytes: int = self._endpointer.frame_bytes
        self._pending = bytearray()
        self._speech = bytearray()
        self._start_ms = 0

    def feed(self, pcm: bytes) -> Iterator[Stretch]:
        self._pending += pcm
        whole = len(self._pending) - len(self._pending) % self._frame_bytes
        for offset in range(0, whole, self._frame_bytes):
            yield from self._take(self._endpointer.process(bytes(self._pending[offset : offset + self._frame_bytes])))
        del self._pending[:whole]

    def finish(self) -> Iterator[Stretch]:
        # An empty last frame raises; what the endpointer still holds comes out with a silent one.
        rest = bytes(self._pending) or bytes(self._frame_bytes)
        yield from self._take(self._endpointer.end_stream(rest))
        if self._speech:
            yield self._cut(len(self._speech), ends_speech=True)

    def _take(self, speech: bytes | None) -> Iterator[Stretch]:
        if speech is None:
            return
        if not self._speech and self._endpointer.in_speech:
            self._start_ms = round(self._endpointer.speech_start * 1000)
        self._speech += speech
        if not self._endpointer.in_speech:
            yield self._cut(len(self._speech), ends_speech=True)
        elif len(self._speech) >= LONGEST_MS * BYTES_PER_MS:
            yield self._cut(self._quietest(), ends_speech=False)

    def _cut(self, length: int, *, ends_speech: bool) -> Stretch:
        stretch = Stretch(self._start_ms, bytes(self._speech[:length]), ends_speech)
        del self._speech[:length]
        self._start_ms += length // BYTES_PER_MS
        return stretch

    def _quietest(self) -> int:
        first = len(self._speech) - SEARCH_MS * BYTES_PER_MS
        offsets = range(first, len(self._speech) - self._frame_bytes + 1, self._frame_bytes)
        return min(offsets, key=self._loudness)

    def _loudness(self, offset: int) -> int:
        return sum(map(abs, array("h", bytes(self._speech[offset : offset + self._frame_bytes]))))
