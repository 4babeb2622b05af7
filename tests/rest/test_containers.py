"""Containers are told by their first bytes."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api_project.rest.containers import ALLOWED, HEAD_BYTES, name_if_not_taken, sniff_content_type
from tests.api import AUDIO_FOLDER

MP3_FRAME = b"\xff\xfb\x90\x00" + bytes(413)
MP3_LOW_RATE_FRAME = b"\xff\xe3\x18\xc4" + bytes(68)
MP2_FRAME = b"\xff\xfd\xa4\x00" + bytes(572)
ADTS_FRAME = b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(9)
LONGEST_ADTS_FRAME = b"\xff\xf1\x50\x83\xff\xff\xfc" + bytes(8184)
TS_PACKET = b"\x47" + bytes(187)
ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
WAVE64 = b"riff" + bytes.fromhex("2e91cf11a5d628db04c10000")
MXF = bytes.fromhex("060e2b34020501010d010201010204")


@pytest.mark.parametrize(
    ("head", "content_type"),
    [
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"RF64\xff\xff\xff\xffWAVEds64", "audio/wav"),
        (b"BW64\xff\xff\xff\xffWAVEds64", "audio/wav"),
        (b"RIFX\x00\x00\x00\x24WAVEfmt ", "audio/wav"),
        (b"FORM\x00\x00\x10\x00AIFFCOMM", "audio/aiff"),
        (b"FORM\x00\x00\x10\x00AIFCFVER", "audio/aiff"),
        (b".snd\x00\x00\x00\x18", "audio/basic"),
        (b"caff\x00\x01\x00\x00", "audio/x-caf"),
        (b"fLaC\x00\x00\x00\x22", "audio/flac"),
        (b"OggS\x00\x02", "audio/ogg"),
        (b"ID3\x04\x00\x00\x00\x00\x02\x00", "audio/mpeg"),
        (MP3_FRAME * 2, "audio/mpeg"),
        (MP3_LOW_RATE_FRAME * 2, "audio/mpeg"),
        (MP2_FRAME * 2, "audio/mpeg"),
        (ADTS_FRAME * 2, "audio/aac"),
        (LONGEST_ADTS_FRAME * 2, "audio/aac"),
        (MP3_FRAME, "audio/mpeg"),
        (MP3_FRAME + MP3_FRAME[:50], "audio/mpeg"),
        (ADTS_FRAME, "audio/aac"),
        (b"FORM\x00\x00\x10\x008SVXVHDR", "audio/x-8svx"),
        (b"Creative Voice File\x1a\x1a\x00", "audio/x-voc"),
        (b"\x03dss" + bytes(8), "audio/x-dss"),
        (b"RIFF\x24\x00\x00\x00QLCMfmt ", "audio/qcelp"),
        (b"\x0b\x77\x12\x34\x08\x40", "audio/ac3"),
        (b"#!AMR\n\x3c", "audio/amr"),
        (b"#!AMR-WB\n\x04", "audio/amr-wb"),
        (b"\x00\x00\x00\x1cftypM4A \x00\x00\x02\x00", "audio/mp4"),
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00", "video/mp4"),
        (b"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00", "video/quicktime"),
        (b"\x00\x00\x00\x08wide\x00\x00\x10\x00mdat", "video/quicktime"),
        (b"\x00\x00\x00\x1cftyp3gp4\x00\x00\x02\x00", "video/3gpp"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", "video/webm"),
        (b"\x1a\x45\xdf\xa3\xa3\x42\x86\x81\x01\x42\x82\x88matroska", "video/x-matroska"),
        (ASF + bytes(8), "video/x-ms-asf"),
        (b"RIFF\x24\x00\x00\x00AVI LIST", "video/x-msvideo"),
        (b"FLV\x01\x05\x00\x00\x00\x09", "video/x-flv"),
        (b"\x00\x00\x01\xba\x44\x00", "video/mpeg"),
        (TS_PACKET * 3, "video/mp2t"),
        ((bytes(4) + TS_PACKET) * 3, "video/mp2t"),
        ((TS_PACKET + bytes(16)) * 3, "video/mp2t"),
        (b"wvpk\x30\x10\x00\x00\x10\x04\x00\x00", "audio/x-wavpack"),
        (b"TTA1\x01\x00\x02\x00", "audio/x-tta"),
        (b"MAC \x96\x0f\x00\x00", "audio/x-ape"),
        (MXF, "application/mxf"),
    ],
)
def test_it_knows_the_container(head: bytes, content_type: str) -> None:
    assert sniff_content_type(head) == content_type


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"R",
        b"RIFF",
        b"RIFF\x24\x00\x00\x00WEBPVP8 ",
        b"FORM\x00\x00\x10\x00ILBM",
        b"<!doctype html><html>",
        b'{"audio": "no"}',
        b"%PDF-1.7",
        b"PK\x03\x04\x14\x00",
        b"\x7fELF\x02\x01\x01",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"GIF89a",
        b"GGGGGGGGGGGGGGGG" * 4,
        b"MAC addresses of the machines",
        b"ID3 tags, a primer",
        b"MP+ and other formats",
        b"\xff\xfe" + "A text in UTF-16, long enough to hold a frame.".encode("utf-16-le") * 20,
        MP3_FRAME + b"no frame follows",
        ADTS_FRAME + b"no frame follows",
        b"\xff\xfe" + "Hi!".encode("utf-16-le"),
        b"\xff\xfe" + "A short text.".encode("utf-16-le"),
        MP3_FRAME[:-1],
        MP3_FRAME + b"\xff",
        ADTS_FRAME[:-1],
        b"\x00\x00\x01\xb3\x14\x00",
        bytes(4096),
    ],
)
def test_it_knows_none(head: bytes) -> None:
    assert sniff_content_type(head) is None


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (WAVE64 + bytes(8), "Wave64"),
        (b"tBaK\x01\x00", "TAK"),
        (b"MPCKSH", "Musepack"),
        (b"MP+\x07", "Musepack"),
        (b"DSD \x1c\x00\x00\x00", "DSF"),
        (b".RMF\x00\x00\x00\x12", "RealMedia"),
        *(
            (b"\x00\x00\x00\x18ftyp" + brand + bytes(12), "a picture (HEIF, AVIF)")
            for brand in (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"mif1", b"mif2", b"msf1", b"avif", b"avis")
        ),
    ],
)
def test_it_refuses_by_name_what_is_known_and_not_taken(head: bytes, name: str) -> None:
    assert sniff_content_type(head) is None
    assert name_if_not_taken(head) == name
    assert name not in ALLOWED


def test_it_names_each_allowed_container_once() -> None:
    names = ALLOWED.split(", ")

    assert len(set(names)) == len(names)
    assert {"WAV", "MP3", "MP4", "MXF"} <= set(names)


@example(b"\xff\xfe\x17\x00" + b"0\x00" * 16)
@given(st.text(max_size=78).map(lambda text: b"\xff\xfe" + text.encode("utf-16-le", "ignore")))
def test_it_takes_no_short_text_for_audio(head: bytes) -> None:
    assert sniff_content_type(head) is None


@given(st.binary(max_size=64) | st.binary(min_size=2, max_size=8).map(lambda tail: b"\xff\xfb" + tail))
def test_it_never_fails(head: bytes) -> None:
    assert isinstance(sniff_content_type(head), str | None)


@pytest.mark.parametrize(
    ("name", "content_type"),
    [("meeting.flac", "audio/flac"), ("questions.mp3", "audio/mpeg"), ("two-sides.wav", "audio/wav")],
)
def test_it_knows_real_files(name: str, content_type: str) -> None:
    with (AUDIO_FOLDER / name).open("rb") as file:
        assert sniff_content_type(file.read(HEAD_BYTES)) == content_type
