"""Which audio or video container a file is, by its first bytes; never by its name or by what the client claims.

Only the outside is looked at: whether the content can be decoded is for the engine to say, under limits and in a
process without secrets.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from api_project.rest.mpeg_audio import MAX_FRAME_BYTES, sniff_mpeg_audio

# Enough for the longest MPEG audio frame and the head of the next one.
HEAD_BYTES = MAX_FRAME_BYTES + 8


class _Container(NamedTuple):
    name: str
    content_type: str
    start: re.Pattern[bytes]


def _container(name: str, content_type: str, start: bytes) -> _Container:
    return _Container(name, content_type, re.compile(start, re.DOTALL))


# What AssemblyAI takes, and with it what the client is told. CAF is where ALAC lives; the list of videos is said not to
# be complete, so the commonest containers of videos are here too.
# https://www.assemblyai.com/docs/faq/what-audio-and-video-file-types-are-supported-by-your-api
# Where the mark is a word that a text may begin with too, the bytes after it are part of the signature.
_CONTAINERS = (
    _container("WAV", "audio/wav", rb"(RIFF|RIFX|RF64|BW64)....WAVE"),
    _container("AIFF", "audio/aiff", rb"FORM....AIF[FC]"),
    _container("8SVX", "audio/x-8svx", rb"FORM....8SVX"),
    _container("AU", "audio/basic", rb"\.snd\x00\x00"),
    _container("VOC", "audio/x-voc", rb"Creative Voice File\x1a"),
    _container("CAF", "audio/x-caf", rb"caff\x00\x01"),
    _container("FLAC", "audio/flac", rb"fLaC"),
    _container("Ogg (Vorbis, Opus)", "audio/ogg", rb"OggS\x00"),
    _container("MP3", "audio/mpeg", rb"ID3[\x02-\x04].[\x00-\xf0]"),
    _container("AC-3", "audio/ac3", rb"\x0b\x77...[\x00-\x87]"),
    _container("AMR", "audio/amr-wb", rb"#!AMR-WB(_MC1\.0)?\n"),
    _container("AMR", "audio/amr", rb"#!AMR(_MC1\.0)?\n"),
    _container("DSS", "audio/x-dss", rb"[\x02\x03]dss"),
    _container("QCP", "audio/qcelp", rb"RIFF....QLCM"),
    _container("WavPack", "audio/x-wavpack", rb"wvpk....[\x00-\xff]\x04"),
    _container("True Audio", "audio/x-tta", rb"TTA[12][\x01-\x03]?\x00"),
    _container("Monkey's Audio", "audio/x-ape", rb"MAC [\x00-\xff][\x0c-\x13]"),
    # The GUID of an ASF header.
    _container("WMA, WMV", "video/x-ms-asf", rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c"),
    _container("WebM", "video/webm", rb"\x1a\x45\xdf\xa3.{0,60}webm"),
    _container("Matroska", "video/x-matroska", rb"\x1a\x45\xdf\xa3"),
    _container("AVI", "video/x-msvideo", rb"(RIFF|RIFX)....AVI "),
    _container("FLV", "video/x-flv", rb"FLV\x01"),
    _container("MXF", "application/mxf", rb"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02"),
    _container("MPEG program and transport streams", "video/mpeg", rb"\x00\x00\x01\xba"),
    # Three packets in a row: plain, with the four bytes of a Blu-ray disc, with error correction.
    _container("MPEG program and transport streams", "video/mp2t", rb"\x47.{187}\x47.{187}\x47"),
    _container("MPEG program and transport streams", "video/mp2t", rb".{4}\x47.{191}\x47.{191}\x47"),
    _container("MPEG program and transport streams", "video/mp2t", rb"\x47.{203}\x47.{203}\x47"),
)
# Told apart from nonsense, so that whoever has such a file reads why it is refused.
_NOT_TAKEN = (
    _container("Wave64", "audio/x-w64", rb"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00"),
    _container("TAK", "audio/x-tak", rb"tBaK[\x00-\x07]"),
    _container("Musepack", "audio/x-musepack", rb"MPCKSH|MP\+[\x07\x17]"),
    _container("DSF", "audio/x-dsf", rb"DSD \x1c\x00\x00\x00"),
    _container("RealMedia", "application/vnd.rn-realmedia", rb"\.RMF\x00\x00"),
    # Brands of pictures in the container of MP4: HEIF and AVIF with their sequences, and a camera's raw pictures.
    _container(
        "a picture (HEIF, AVIF)", "image/heif", rb"....ftyp(he[iv][cxms]|mi[af]f|mif[12]|msf1|avi[fso]|avc[is]|crx )"
    ),
)
# The first box of a file of the MP4 family; QuickTime's oldest files have no `ftyp`.
_FIRST_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp", b"moof"})
_BRANDS = {b"M4A ": "audio/mp4", b"M4B ": "audio/mp4", b"F4A ": "audio/mp4", b"qt  ": "video/quicktime"}
ALLOWED = ", ".join(
    dict.fromkeys([*(container.name for container in _CONTAINERS), "MP2", "AAC", "MP4", "M4A", "MOV", "3GP"])
)


def sniff_content_type(head: bytes) -> str | None:
    """Return the content type that the first bytes (HEAD_BYTES of them, or all there are) stand for, or None."""
    for container in _CONTAINERS:
        if container.start.match(head):
            return container.content_type
    return next((found for probe in _PROBES if (found := probe(head))), None)


def name_if_not_taken(head: bytes) -> str:
    """Return the name of a format that is known and yet not taken; empty for all else."""
    return next((container.name for container in _NOT_TAKEN if container.start.match(head)), "")


def _sniff_mp4_family(head: bytes) -> str | None:
    if len(head) < 8 or head[4:8] not in _FIRST_BOXES or name_if_not_taken(head):
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
