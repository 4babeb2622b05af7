import struct
from array import array
from pathlib import Path
from typing import Any, cast

import av
import pytest

from sandbox.speech.decode import FORMATS, NO_AUDIO, Decoded, DecodeRequest, decode
from sandbox.speech.engine import SAMPLE_BYTES, SAMPLE_RATE, AudioRejected
from sandbox.speech.segment import BYTES_PER_MS
from tests.sandbox.live import AUDIO
from tests.sandbox.test_segmenting import silence, tone, write_wav

# AVFMT_NOFILE: FFmpeg opens nothing for it, because it opens what it reads itself.
NO_FILE = 1


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
    assert rejection(write_wav(tmp_path / "short.wav", tone(50)), tmp_path) == "Audio duration is too short."


def test_too_long_audio_is_rejected(tmp_path: Path) -> None:
    source = write_wav(tmp_path / "long.wav", tone(2000))
    assert "too long" in rejection(source, tmp_path, longest_ms=1000)


@pytest.mark.parametrize("multichannel", [True, False])
def test_more_channels_than_allowed_are_rejected(multichannel: bool, tmp_path: Path) -> None:
    source = write_wav(tmp_path / "many.wav", silence(6600), channels=33)
    assert "more than 32 channels" in rejection(source, tmp_path, multichannel=multichannel)


@pytest.mark.parametrize("channels", [8, 32])
def test_many_channels_can_be_kept_apart(channels: int, tmp_path: Path) -> None:
    source = write_wav(tmp_path / "many.wav", silence(1000 * channels), channels=channels)
    result = decoded(source, tmp_path, multichannel=True)
    assert (result.channels, result.duration_ms) == (channels, 1000)


def test_a_channel_keeps_its_own_samples(tmp_path: Path) -> None:
    spoken, nothing = array("h", tone(2000)), array("h", silence(2000))
    frames = [value for pair in zip(*[nothing] * 8, spoken, strict=True) for value in pair]
    source = write_wav(tmp_path / "ninth.wav", array("h", frames).tobytes(), channels=9)
    result = decoded(source, tmp_path, multichannel=True)
    assert {segment.channel for segment in result.segments} == {8}


def test_channels_that_nobody_knows_how_to_mix_are_rejected(tmp_path: Path) -> None:
    source = write_wav(tmp_path / "many.wav", silence(13_000), channels=13)
    assert "cannot be mixed" in rejection(source, tmp_path)


@pytest.mark.parametrize("rate", [1, 999, 7_000_000, 2_000_000_000])
def test_absurd_sample_rates_are_rejected(rate: int, tmp_path: Path) -> None:
    content = bytearray(write_wav(tmp_path / "odd.wav", tone(1000)).read_bytes())
    content[24:28] = rate.to_bytes(4, "little")
    (tmp_path / "odd.wav").write_bytes(content)
    assert f"{rate} Hz" in rejection(tmp_path / "odd.wav", tmp_path)


def test_the_first_of_several_audio_streams_is_heard(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "two.mkv"), "w") as container:
        streams = [container.add_stream("pcm_s16le", rate=SAMPLE_RATE, layout="mono") for _ in range(2)]
        for stream, pcm in zip(streams, (tone(1000), tone(3000)), strict=True):
            container.mux(stream.encode(audio_frame(pcm)))
    assert decoded(tmp_path / "two.mkv", tmp_path).duration_ms == 1000


@pytest.mark.parametrize(
    ("container_format", "codec"),
    [
        ("adts", "aac"),
        ("ac3", "ac3"),
        ("aiff", "pcm_s16be"),
        ("asf", "libmp3lame"),
        ("au", "pcm_mulaw"),
        ("avi", "pcm_s16le"),
        ("caf", "alac"),
        ("eac3", "eac3"),
        ("flac", "flac"),
        ("flv", "libmp3lame"),
        ("ipod", "aac"),
        ("matroska", "flac"),
        ("mov", "alac"),
        ("mp2", "mp2"),
        ("mp3", "libmp3lame"),
        ("mp4", "aac"),
        ("mpeg", "mp2"),
        ("mpegts", "aac"),
        ("ogg", "libopus"),
        ("rm", "ac3"),
        ("tta", "tta"),
        ("voc", "pcm_u8"),
        ("w64", "pcm_s16le"),
        ("wav", "adpcm_ms"),
        ("webm", "libopus"),
        ("wv", "wavpack"),
    ],
)
def test_it_opens(container_format: str, codec: str, tmp_path: Path) -> None:
    source = tmp_path / "clip"
    with av.open(str(source), "w", format=container_format) as container:
        stream = cast(av.AudioStream, container.add_stream(codec, rate=48_000, layout="mono"))
        container.mux(stream.encode(audio_frame(tone(3000), rate=48_000)))
        container.mux(stream.encode(None))
    assert abs(decoded(source, tmp_path).duration_ms - 1000) < 200


def test_it_opens_what_ffmpeg_only_reads(tmp_path: Path) -> None:
    header = struct.pack(">IIIHBBI", 16_000, 0, 0, 16_000, 1, 0, 0x10000)
    chunks = b"8SVXVHDR" + struct.pack(">I", 20) + header + b"BODY" + struct.pack(">I", 16_000) + bytes(16_000)
    (tmp_path / "old.8svx").write_bytes(b"FORM" + struct.pack(">I", len(chunks)) + chunks)
    assert decoded(tmp_path / "old.8svx", tmp_path).duration_ms == 1000


# What reads other files, addresses or devices than the one it was given.
FOLLOWERS = (
    "hls applehttp dash concat concatf imf image2 image2pipe svg_pipe lavfi rtsp rtp sap sdp rdt mpjpeg vobsub "
    "webm_dash_manifest ffmetadata avisynth vapoursynth libgme libopenmpt libmodplug alsa oss pulse jack sndio fbdev "
    "kmsgrab x11grab xcbgrab video4linux2 v4l2 openal libcdio libdc1394 iec61883 decklink dshow gdigrab avfoundation "
    "ffm rawvideo data tty txt srt ass webvtt"
).split()


def test_no_admitted_format_reads_anything_but_its_own_file() -> None:
    admitted = set(FORMATS.split(","))
    assert not admitted.intersection(FOLLOWERS)
    readable = [found for name in av.formats_available if (found := demuxer(name))]
    for found in readable:
        # FFmpeg lets a demuxer pass when any of its names is listed.
        if admitted.intersection(found.name.split(",")):
            assert not found.flags & NO_FILE, found.name
            assert not set(found.name.split(",")).intersection(FOLLOWERS), found.name


def test_every_admitted_name_is_known_to_ffmpeg() -> None:
    assert [name for name in FORMATS.split(",") if not demuxer(name)] == []


def demuxer(name: str) -> av.ContainerFormat | None:
    try:
        return av.ContainerFormat(name, "r")
    except ValueError:
        return None


def audio_frame(pcm: bytes, *, rate: int = SAMPLE_RATE) -> av.AudioFrame:
    frame = av.AudioFrame(format="s16", layout="mono", samples=len(pcm) // SAMPLE_BYTES)
    frame.planes[0].update(pcm)
    frame.sample_rate = rate
    frame.pts = 0
    return frame


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
