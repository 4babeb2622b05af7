"""Which audio or video container a file is, by its first bytes; never by its name or by what the client claims.

Only the outside is looked at: whether the content can be decoded is for the engine to say, under limits and in a
process without secrets.
"""

import re
from collections.abc import Callable

from api_project.rest.mpeg_audio import sniff_mpeg_audio

# Enough for the longest MPEG audio frame and the head of the next one.
HEAD_BYTES = 4096
ALLOWED = (
    "WAV, RF64, Wave64, AIFF, AU, CAF, FLAC, Ogg (Vorbis, Opus), MP3, AAC, AC-3, AMR, MP4, M4A, MOV, 3GP, WebM, "
    "Matroska, WMA, WMV, AVI, FLV, MPEG program and transport streams, WavPack, True Audio, Monkey's Audio, TAK, "
    "Musepack, DSF, MXF, RealMedia"
)


def _start(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern, re.DOTALL)


# Where the mark is a word that a text may begin with too, the bytes after it are part of the signature.
_STARTS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (_start(rb"(RIFF|RIFX|RF64|BW64)....WAVE"), "audio/wav"),
    (_start(rb"(RIFF|RIFX)....AVI "), "video/x-msvideo"),
    # The GUID of Sony's Wave64.
    (_start(rb"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00"), "audio/x-w64"),
    (_start(rb"FORM....AIF[FC]"), "audio/aiff"),
    (_start(rb"\.snd\x00\x00"), "audio/basic"),
    (_start(rb"caff\x00\x01"), "audio/x-caf"),
    (_start(rb"fLaC"), "audio/flac"),
    (_start(rb"OggS\x00"), "audio/ogg"),
    (_start(rb"ID3[\x02-\x04].[\x00-\xf0]"), "audio/mpeg"),
    (_start(rb"#!AMR-WB(_MC1\.0)?\n"), "audio/amr-wb"),
    (_start(rb"#!AMR(_MC1\.0)?\n"), "audio/amr"),
    # The GUID of an ASF header: WMA, WMV.
    (_start(rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c"), "video/x-ms-asf"),
    (_start(rb"\x1a\x45\xdf\xa3.{0,60}webm"), "video/webm"),
    (_start(rb"\x1a\x45\xdf\xa3"), "video/x-matroska"),
    (_start(rb"FLV\x01"), "video/x-flv"),
    (_start(rb"wvpk....[\x00-\xff]\x04"), "audio/x-wavpack"),
    (_start(rb"TTA[12][\x01-\x03]?\x00"), "audio/x-tta"),
    (_start(rb"MAC [\x00-\xff][\x0c-\x13]"), "audio/x-ape"),
    (_start(rb"tBaK[\x00-\x07]"), "audio/x-tak"),
    (_start(rb"MPCKSH|MP\+[\x07\x17]"), "audio/x-musepack"),
    (_start(rb"DSD \x1c\x00\x00\x00"), "audio/x-dsf"),
    (_start(rb"\.RMF\x00\x00"), "application/vnd.rn-realmedia"),
    (_start(rb"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02"), "application/mxf"),
    # A pack or a sequence header of MPEG 1 or 2.
    (_start(rb"\x00\x00\x01[\xba\xb3]"), "video/mpeg"),
    (_start(rb"\x0b\x77...[\x00-\x87]"), "audio/ac3"),
    # Three packets in a row: plain, with the four bytes of a Blu-ray disc, with error correction.
    (_start(rb"\x47.{187}\x47.{187}\x47"), "video/mp2t"),
    (_start(rb".{4}\x47.{191}\x47.{191}\x47"), "video/mp2t"),
    (_start(rb"\x47.{203}\x47.{203}\x47"), "video/mp2t"),
)
# The first box of a file of the MP4 family; QuickTime's oldest files have no `ftyp`.
_FIRST_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp", b"moof"})
_BRANDS = {b"M4A ": "audio/mp4", b"M4B ": "audio/mp4", b"F4A ": "audio/mp4", b"qt  ": "video/quicktime"}


def sniff_content_type(head: bytes) -> str | None:
    """Return the content type that the first bytes (HEAD_BYTES of them, or all there are) stand for, or None."""
    for pattern, content_type in _STARTS:
        if pattern.match(head):
            return content_type
    return next((found for probe in _PROBES if (found := probe(head))), None)


def _sniff_mp4_family(head: bytes) -> str | None:
    if len(head) < 8 or head[4:8] not in _FIRST_BOXES:
        return None
    size = int.from_bytes(head[:4], "big")
    # 0 means to the end of the file, 1 that a longer size follows; less than a box's own head is none.
    if 1 < size < 8:
        return None
    brand = head[8:12]
    if head[4:8] != b"ftyp":
        return "video/quicktime"
    return "video/3gpp" if brand[:2] == b"3g" else _BRANDS.get(brand, "video/mp4")


_PROBES: tuple[Callable[[bytes], str | None], ...] = (_sniff_mp4_family, sniff_mpeg_audio)
