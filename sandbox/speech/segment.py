"""Cut a stream of samples into stretches with a voice. Never decode without: digital silence decodes to a word."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from pocketsphinx import Endpointer

from sandbox.speech.engine import SAMPLE_BYTES, SAMPLE_RATE

# Kept before and after what the detector calls a voice: it needs a moment to notice a soft beginning or end.
MARGIN_MS = 200
# One long utterance is recognised worse than short ones (39.5 % and 29 % word errors), and would be held in memory.
LONGEST_MS = 25_000
# Where a stretch has to be cut, the quietest moment of its last part is taken.
SEARCH_MS = 8_000
# Longer than the detector's delay (0.3 s) and the margin.
HISTORY_MS = 1_000
BYTES_PER_MS = SAMPLE_RATE * SAMPLE_BYTES // 1000


@dataclass(frozen=True, slots=True)
class Stretch:
    """Samples with a voice; `ends_speech` is false when the voice goes on in the next stretch."""

    start_ms: int
    pcm: bytes
    ends_speech: bool


class Segmenter:
    """Feed it the samples of one channel as they come; it holds at most half a minute. Offsets are in bytes."""

    def __init__(self) -> None:
        # Mode 0 is the least eager to call something silence: the best of those measured.
        self._endpointer = Endpointer(vad_mode=0, sample_rate=SAMPLE_RATE)
        self._frame_bytes: int = self._endpointer.frame_bytes
        self._buffer = bytearray()
        self._buffer_offset = 0
        self._position = 0
        self._start: int | None = None
        self._end_of_last = 0

    def feed(self, pcm: bytes) -> Iterator[Stretch]:
        self._buffer += pcm
        while self._received - self._position >= self._frame_bytes:
            frame = self._slice(self._position, self._position + self._frame_bytes)
            self._position += self._frame_bytes
            self._endpointer.process(frame)
            yield from self._follow()

    def finish(self) -> Iterator[Stretch]:
        # An empty last frame raises.
        rest = self._slice(self._position, self._received) or bytes(self._frame_bytes)
        self._position = self._received
        self._endpointer.end_stream(rest)
        yield from self._follow()

    @property
    def _received(self) -> int:
        return self._buffer_offset + len(self._buffer)

    def _follow(self) -> Iterator[Stretch]:
        """See what the detector found in the last frame."""
        if self._start is None:
            if not self._endpointer.in_speech:
                self._forget(self._position - HISTORY_MS * BYTES_PER_MS)
                return
            self._start = max(self._end_of_last, _offset(self._endpointer.speech_start) - MARGIN_MS * BYTES_PER_MS)
        if not self._endpointer.in_speech:
            end = _offset(self._endpointer.speech_end) + MARGIN_MS * BYTES_PER_MS
            yield self._cut(self._start, min(end, self._position), ends_speech=True)
            self._start = None
        elif self._position - self._start >= LONGEST_MS * BYTES_PER_MS:
            middle = self._quietest()
            yield self._cut(self._start, middle, ends_speech=False)
            self._start = middle

    def _cut(self, start: int, end: int, *, ends_speech: bool) -> Stretch:
        stretch = Stretch(start // BYTES_PER_MS, self._slice(start, end), ends_speech)
        self._end_of_last = end
        self._forget(end)
        return stretch

    def _quietest(self) -> int:
        last = self._position - self._frame_bytes
        offsets = range(last - SEARCH_MS * BYTES_PER_MS, last, self._frame_bytes)
        return min(offsets, key=lambda offset: _loudness(self._slice(offset, offset + self._frame_bytes)))

    def _slice(self, start: int, end: int) -> bytes:
        return bytes(self._buffer[start - self._buffer_offset : end - self._buffer_offset])

    def _forget(self, before: int) -> None:
        """Drop what lies before an offset, in steps: moving the rest costs more than keeping a little."""
        if before - self._buffer_offset > HISTORY_MS * BYTES_PER_MS:
            del self._buffer[: before - self._buffer_offset]
            self._buffer_offset = before


def _offset(seconds: float) -> int:
    return max(0, round(seconds * SAMPLE_RATE)) * SAMPLE_BYTES


def _loudness(pcm: bytes) -> int:
    return sum(map(abs, array("h", pcm)))
