from pathlib import Path
from typing import Any

import pytest

from sandbox.speech.decode import NO_AUDIO, Decoded, DecodeRequest, decode
from sandbox.speech.engine import AudioRejected
from sandbox.speech.segment import BYTES_PER_MS
from tests.sandbox.live import AUDIO
from tests.sandbox.test_segmenting import silence, tone, write_wav


def decoded(source: Path, tmp_path: Path, **changes: Any) -> Decoded:
    wanted: dict[str, Any] = {"multichannel": False, "start_ms": 0, "end_ms": None, "longest_ms": 3_600_000, **changes}
    return decode(DecodeRequest(source=source, spool=tmp_path / "spool", **wanted))


def rejection(source: Path, tmp_path: Path, **changes: Any) -> str:
    with pytest.raises(AudioRejected) as caught:
        decoded(source, tmp_path, **changes)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "milliseconds"), [("meeting.flac", 4590), ("questions.mp3", 7590), ("two-sides.wav", 9805)]
)
def test_the_duration_is_counted_in_samples(name: str, milliseconds: int, tmp_path: Path) -> None:
    assert abs(decoded(AUDIO / name, tmp_path).duration_ms - milliseconds) < 60


def test_a_truncated_file_is_decoded_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = (AUDIO / "questions.mp3").read_bytes()
    source = tmp_path / "half.mp3"
    source.write_bytes(whole[: len(whole) // 2])
    result = decoded(source, tmp_path)
    assert 3000 < result.duration_ms < 4500
    assert result.segments


def test_damage_in_the_middle_is_skipped(tmp_path: Path) -> None:
    content = bytearray((AUDIO / "questions.mp3").read_bytes())
    content[20_000:22_000] = b"\xff" * 2000
    source = tmp_path / "damaged.mp3"
    source.write_bytes(content)
    assert decoded(source, tmp_path).duration_ms > 6000


def test_silence_has_a_duration_and_no_segments(tmp_path: Path) -> None:
    result = decoded(write_wav(tmp_path / "silence.wav", silence(2000)), tmp_path)
    assert (result.duration_ms, result.segments) == (2000, [])


def test_channels_are_mixed_or_kept_apart(tmp_path: Path) -> None:
    assert decoded(AUDIO / "two-sides.wav", tmp_path).channels == 1
    apart = decoded(AUDIO / "two-sides.wav", tmp_path, multichannel=True)
    assert apart.channels == 2
    assert {segment.channel for segment in apart.segments} == {0, 1}
    assert [segment.start_ms for segment in apart.segments] == sorted(segment.start_ms for segment in apart.segments)


def test_segments_lie_in_the_spool(tmp_path: Path) -> None:
    result = decoded(AUDIO / "questions.mp3", tmp_path)
    assert sum(segment.length for segment in result.segments) == (tmp_path / "spool").stat().st_size
    assert result.segments[0].length == result.segments[0].duration_ms * BYTES_PER_MS


def test_only_the_asked_times_are_segmented_and_counted_from_the_files_beginning(tmp_path: Path) -> None:
    whole = decoded(AUDIO / "questions.mp3", tmp_path)
    second = decoded(AUDIO / "questions.mp3", tmp_path, start_ms=4000)
    first = decoded(AUDIO / "questions.mp3", tmp_path, end_ms=3000)
    assert second.duration_ms == first.duration_ms == whole.duration_ms
    assert min(segment.start_ms for segment in second.segments) >= 4000
    assert max(segment.start_ms + segment.duration_ms for segment in first.segments) <= 3000


def test_an_empty_file_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert rejection(tmp_path / "empty", tmp_path) == "File is empty."


def test_a_container_without_samples_is_rejected(tmp_path: Path) -> None:
    assert rejection(write_wav(tmp_path / "no.wav", b""), tmp_path) == NO_AUDIO


def test_too_short_audio_is_rejected(tmp_path: Path) -> None:
    assert "too short" in rejection(write_wav(tmp_path / "short.wav", tone(100)), tmp_path)


def test_too_long_audio_is_rejected(tmp_path: Path) -> None:
    source = write_wav(tmp_path / "long.wav", tone(2000))
    assert "too long" in rejection(source, tmp_path, longest_ms=1000)


def test_more_channels_than_allowed_are_rejected(tmp_path: Path) -> None:
    source = write_wav(tmp_path / "many.wav", silence(6600), channels=33)
    assert "channels" in rejection(source, tmp_path, multichannel=True)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("hls.mp3", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{victim}\n#EXT-X-ENDLIST\n"),
        ("hls.wav", "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\nfile://{victim}\n#EXT-X-ENDLIST\n"),
        ("concat.mp3", "ffconcat version 1.0\nfile {victim}\n"),
        (
            "dash.mp4",
            '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>{victim}</BaseURL></MPD>',
        ),
        ("session.sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP 0\n"),
        ("image.svg", '<svg xmlns="http://www.w3.org/2000/svg"><image href="{victim}"/></svg>'),
        ("page.html", "<!doctype html><title>Not found</title>"),
        ("captions.srt", "1\n00:00:00,000 --> 00:00:01,000\nHello\n"),
        ("noise.bin", "\x00\x01\x02" * 5000),
    ],
)
def test_what_is_no_recording_is_rejected_whatever_its_name(name: str, content: str, tmp_path: Path) -> None:
    victim = write_wav(tmp_path / "victim.wav", tone(1000))
    source = tmp_path / name
    source.write_text(content.replace("{victim}", str(victim)))
    assert rejection(source, tmp_path) == NO_AUDIO
