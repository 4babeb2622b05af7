"""Bare MPEG audio frames: MP3 and its sisters, AAC in ADTS. They begin with two bytes that much else begins with too,
so the frame is measured, must be there to its end, and must end the file or be followed by another one."""

# Kilobits per second by (MPEG 1 or later, layer) and the four bits of the header; 0 and 15 are not looked up.
_MPEG1_LAYER1 = tuple(range(0, 449, 32))
_MPEG1_LAYER2 = (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)
_MPEG1_LAYER3 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MPEG2_LAYER1 = (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256)
_MPEG2_LAYER23 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_BIT_RATES = {
    (True, 1): _MPEG1_LAYER1,
    (True, 2): _MPEG1_LAYER2,
    (True, 3): _MPEG1_LAYER3,
    (False, 1): _MPEG2_LAYER1,
    (False, 2): _MPEG2_LAYER23,
    (False, 3): _MPEG2_LAYER23,
}
_SAMPLE_RATES = (44_100, 48_000, 32_000)
# The two bits of the version, as a divisor of the sample rate: MPEG 2.5, none, MPEG 2, MPEG 1.
_RATE_DIVISORS = {0: 4, 2: 2, 3: 1}
# How a text in UTF-16 begins, and a frame of layer I, of which nobody has a file: such a frame alone is a short text.
_TEXT_BEGINS = b"\xff\xfe"
_ADTS_HEADER = 7
_ADTS_SAMPLE_RATES = 13
# What the 13 bits of an ADTS length can say; the others are shorter.
MAX_FRAME_BYTES = 8191


def sniff_mpeg_audio(head: bytes) -> str | None:
    """Return the content type if frames begin the file; `head` is all of it, or more than the longest frame."""
    if len(head) < 8:
        return None
    if head[0] == 0xFF and head[1] & 0xF6 == 0xF0:
        return "audio/aac" if _is_followed(head, _adts_length(head), 0xF6) else None
    if head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return "audio/mpeg" if _is_followed(head, _mpeg_length(head), 0xFE) else None
    return None


def _is_followed(head: bytes, length: int, mask: int) -> bool:
    """Whether the file ends after so many bytes, or a frame of the same kind begins there."""
    if not 0 < length <= len(head):
        return False
    following = head[length : length + 2]
    if len(following) < 2:
        return not following and head[:2] != _TEXT_BEGINS
    return following[0] == head[0] and following[1] & mask == head[1] & mask


def _mpeg_length(head: bytes) -> int:
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)
    bits, rate, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version not in _RATE_DIVISORS or layer == 4 or bits in {0, 15} or rate == 3:
        return 0
    bit_rate = _BIT_RATES[(version == 3, layer)][bits] * 1000
    sample_rate = _SAMPLE_RATES[rate] // _RATE_DIVISORS[version]
    if layer == 1:
        return (12 * bit_rate // sample_rate + padding) * 4
    return (144 if layer == 2 or version == 3 else 72) * bit_rate // sample_rate + padding


def _adts_length(head: bytes) -> int:
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length if head[2] >> 2 & 0xF < _ADTS_SAMPLE_RATES and length >= _ADTS_HEADER else 0
