import wave
from array import array
from pathlib import Path

import pytest

from sandbox.speech import segment
from sandbox.speech.decode import DecodeRequest, decode
from sandbox.speech.segment import BYTES_PER_MS, Segmenter, Stretch
from tests.sandbox.live import AUDIO


def samples_of(name: str, folder: Path) -> bytes:
    """Return a clip's speech as 16 kHz samples."""
    spool = folder / "spool"
    decode(
        DecodeRequest(
            source=AUDIO / name, spool=spool, multichannel=False, start_ms=0, end_ms=None, longest_ms=3_600_000
        )
    )
    return spool.read_bytes()


def stretches(pcm: bytes, *, block: int = 4000) -> list[Stretch]:
    segmenter = Segmenter()
    found = [stretch for at in range(0, len(pcm), block) for stretch in segmenter.feed(pcm[at : at + block])]
    return [*found, *segmenter.finish()]


def silence(milliseconds: int) -> bytes:
    return bytes(milliseconds * BYTES_PER_MS)


def test_silence_has_no_stretches() -> None:
    assert stretches(silence(5000)) == []


def test_an_empty_stream_has_no_stretches() -> None:
    assert stretches(b"") == []


def test_speech_is_found_where_it_is(tmp_path: Path) -> None:
    speech = samples_of("meeting.flac", tmp_path)
    [found] = stretches(silence(3000) + speech + silence(3000))
    assert 2700 <= found.start_ms <= 3300
    assert abs(len(found.pcm) - len(speech)) < 800 * BYTES_PER_MS
    assert found.ends_speech


def test_the_cut_does_not_depend_on_how_the_samples_arrive(tmp_path: Path) -> None:
    pcm = silence(1000) + samples_of("meeting.flac", tmp_path) + silence(1001) + samples_of("meeting.flac", tmp_path)
    assert stretches(pcm, block=998) == stretches(pcm, block=len(pcm))
    assert len(stretches(pcm)) == 2


def test_stretches_do_not_overlap(tmp_path: Path) -> None:
    pcm = b"".join(silence(310) + samples_of("meeting.flac", tmp_path) for _ in range(4))
    found = stretches(pcm)
    ends = [stretch.start_ms + len(stretch.pcm) // BYTES_PER_MS for stretch in found]
    assert all(end <= following.start_ms for end, following in zip(ends, found[1:], strict=False))


def test_a_long_stretch_is_cut_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pcm = samples_of("meeting.flac", tmp_path)
    [whole] = stretches(pcm)
    monkeypatch.setattr(segment, "LONGEST_MS", 2000)
    monkeypatch.setattr(segment, "SEARCH_MS", 1000)
    parts = stretches(pcm)
    assert len(parts) > 1
    assert b"".join(part.pcm for part in parts) == whole.pcm
    assert [part.ends_speech for part in parts] == [False] * (len(parts) - 1) + [True]


def test_memory_does_not_grow_with_silence() -> None:
    segmenter = Segmenter()
    for _ in range(600):
        assert list(segmenter.feed(silence(1000))) == []
    assert len(segmenter._buffer) < 5000 * BYTES_PER_MS


def write_wav(path: Path, pcm: bytes, *, channels: int = 1, rate: int = 16_000) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm)
    return path


def tone(milliseconds: int, rate: int = 16_000) -> bytes:
    return array("h", [8000 if place % 40 < 20 else -8000 for place in range(milliseconds * rate // 1000)]).tobytes()
