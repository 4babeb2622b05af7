"""FFmpeg on bytes that users sent: only in a child process, only listed formats, under limits."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from sandbox.speech.engine import SAMPLE_BYTES, SAMPLE_RATE, AudioRejected

if TYPE_CHECKING:
    import av

    from sandbox.speech.segment import Segmenter, Stretch

# Containers that hold their media themselves: what AssemblyAI takes (8SVX is an IFF), and what the service lets pass.
# A playlist (HLS, DASH, concat) would make FFmpeg open other files and addresses, whatever its own name ends with.
# https://www.assemblyai.com/docs/faq/what-audio-and-video-file-types-are-supported-by-your-api
FORMATS = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dsf,dss,dts,eac3,flac,flv,gsm,iff,matroska,webm,mov,mp4,m4a,3gp,"
    "3g2,mj2,mp3,mpc,mpc8,mpeg,mpegts,mxf,ogg,qcp,rm,tak,tta,voc,w64,wav,wv"
)
# https://www.assemblyai.com/docs/faq/are-there-any-limits-on-file-size-or-file-duration-for-files-submitted-to-the-api
SHORTEST_MS = 160
MOST_CHANNELS = 32
# Below, one block of samples becomes hours of sound; above, the filter alone takes more memory than there is.
LOWEST_RATE, HIGHEST_RATE = 1_000, 6_000_000
NO_AUDIO = "Transcoding failed. File does not appear to contain audio."


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodeRequest:
    source: Path
    spool: Path
    multichannel: bool
    start_ms: int
    end_ms: int | None
    longest_ms: int


@dataclass(frozen=True, slots=True)
class Segment:
    """Where in the spool a stretch of speech lies; `channel` counts from 0."""

    channel: int
    start_ms: int
    offset: int
    length: int
    ends_speech: bool

    @property
    def duration_ms(self) -> int:
        return self.length * 1000 // (SAMPLE_RATE * SAMPLE_BYTES)


@dataclass(slots=True)
class Decoded:
    """The whole file's length, counted in samples (containers lie about it), and its stretches of speech."""

    channels: int
    duration_ms: int
    segments: list[Segment] = field(default_factory=list)


def decode(request: DecodeRequest) -> Decoded:
    """Write every stretch of speech to the spool, as 16 kHz samples; memory does not grow with the file.

    Raises AudioRejected.
    """
    if not os.path.getsize(request.source):
        raise AudioRejected("File is empty.")
    # An open file, never a name: a name would be resolved by FFmpeg's protocols.
    with request.source.open("rb") as source, request.spool.open("wb") as spool:
        return _Spooler(request, spool).run(_channel_samples(source, multichannel=request.multichannel))


class _Spooler:
    def __init__(self, request: DecodeRequest, spool: BinaryIO) -> None:
        self._request = request
        self._spool = spool
        self._segmenters: list[Segmenter] = []
        self._decoded = Decoded(channels=0, duration_ms=0)
        self._samples = 0

    def run(self, blocks: Iterator[list[bytes]]) -> Decoded:
        for planes in blocks:
            self._add(planes)
        for channel, segmenter in enumerate(self._segmenters):
            self._write(channel, segmenter.finish())
        self._decoded.duration_ms = self._samples * 1000 // SAMPLE_RATE
        if not self._samples:
            raise AudioRejected(NO_AUDIO)
        if self._decoded.duration_ms < SHORTEST_MS:
            raise AudioRejected("Audio duration is too short.")
        self._decoded.segments.sort(key=lambda segment: segment.start_ms)
        return self._decoded

    def _add(self, planes: list[bytes]) -> None:
        from sandbox.speech.segment import Segmenter

        if not self._segmenters:
            self._segmenters = [Segmenter() for _ in planes]
            self._decoded.channels = len(planes)
        for channel, plane in enumerate(planes):
            wanted = self._within_the_asked_times(plane)
            self._write(channel, self._segmenters[channel].feed(wanted))
        self._samples += len(planes[0]) // SAMPLE_BYTES
        if self._samples * 1000 > self._request.longest_ms * SAMPLE_RATE:
            hours = self._request.longest_ms / 3_600_000
            raise AudioRejected(f"Audio duration is too long: the limit is {hours:g} hours.")

    def _within_the_asked_times(self, plane: bytes) -> bytes:
        first = max(0, self._first_sample - self._samples)
        end = self._request.end_ms
        last = len(plane) if end is None else max(0, end * SAMPLE_RATE // 1000 - self._samples) * SAMPLE_BYTES
        return plane[first * SAMPLE_BYTES : last]

    @property
    def _first_sample(self) -> int:
        return self._request.start_ms * SAMPLE_RATE // 1000

    def _write(self, channel: int, stretches: Iterator[Stretch]) -> None:
        for stretch in stretches:
            start_ms = self._request.start_ms + stretch.start_ms
            segment = Segment(channel, start_ms, self._spool.tell(), len(stretch.pcm), stretch.ends_speech)
            self._spool.write(stretch.pcm)
            self._decoded.segments.append(segment)


def _channel_samples(source: BinaryIO, *, multichannel: bool) -> Iterator[list[bytes]]:
    """Yield blocks of 16 kHz samples, one plane per channel, or one plane of all channels mixed."""
    import av

    try:
        with av.open(source, mode="r", options={"format_whitelist": FORMATS}, metadata_errors="replace") as container:
            if not container.streams.audio:
                raise AudioRejected(NO_AUDIO)
            resampler = _Resampler(multichannel=multichannel)
            for frame in _frames(container):
                yield from resampler.add(frame)
            yield from resampler.flush()
    except av.error.FFmpegError as exc:
        raise AudioRejected(NO_AUDIO) from exc


def _frames(container: Any) -> Iterator[av.AudioFrame]:
    """Yield what can be decoded: a damaged packet is skipped, a damaged end ends."""
    import av

    stream = container.streams.audio[0]
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except av.error.FFmpegError:
            return
        if packet is None:
            return
        try:
            yield from packet.decode()
        except av.error.FFmpegError:
            continue


class _Resampler:
    """To 16 kHz; built anew when format, layout or rate change within the stream."""

    def __init__(self, *, multichannel: bool) -> None:
        self._multichannel = multichannel
        self._layout: Any = None
        self._source: tuple[str, str, int] | None = None
        self._resampler: Any = None

    def add(self, frame: av.AudioFrame) -> Iterator[list[bytes]]:
        source = (frame.format.name, frame.layout.name, frame.sample_rate)
        if source != self._source:
            yield from self.flush()
            _check_shape(frame)
            self._rebuild(frame)
            self._source = source
        # Where a container's clock jumps, the samples still follow one another.
        frame.pts = None
        yield from map(self._planes, self._resample(frame))

    def flush(self) -> Iterator[list[bytes]]:
        if self._resampler is not None:
            yield from map(self._planes, self._resample(None))
            self._resampler = None

    def _rebuild(self, frame: av.AudioFrame) -> None:
        import av

        if self._layout is None:
            # The first frame decides how many channels there are, whatever comes later.
            self._layout = frame.layout if self._multichannel else "mono"
        # Interleaved: PyAV reads beyond a frame that has eight planes or more, and the process dies.
        self._resampler = av.AudioResampler(format="s16", layout=self._layout, rate=SAMPLE_RATE)

    def _resample(self, frame: av.AudioFrame | None) -> list[av.AudioFrame]:
        import av

        try:
            resampled: list[av.AudioFrame] = self._resampler.resample(frame)
        except av.error.FFmpegError as exc:
            # Beyond eight channels, FFmpeg knows how to mix few arrangements.
            raise AudioRejected("Transcoding failed. The audio's channels cannot be mixed into one.") from exc
        return resampled

    @staticmethod
    def _planes(frame: av.AudioFrame) -> list[bytes]:
        channels = len(frame.layout.channels)
        # A plane's buffer may be longer than its samples.
        interleaved = bytes(frame.planes[0])[: frame.samples * channels * SAMPLE_BYTES]
        if channels == 1:
            return [interleaved]
        samples = array("h", interleaved)
        return [samples[channel::channels].tobytes() for channel in range(channels)]


def _check_shape(frame: av.AudioFrame) -> None:
    if frame.layout.nb_channels > MOST_CHANNELS:
        raise AudioRejected(f"The audio has more than {MOST_CHANNELS} channels.")
    if not LOWEST_RATE <= frame.sample_rate <= HIGHEST_RATE:
        raise AudioRejected(f"The audio's sample rate of {frame.sample_rate} Hz is not supported.")
