"""Byte ranges (RFC 9110, section 14): which part of a file a request asks for."""

import re
from dataclasses import dataclass

# One range: `first-last`, `first-` or `-length`.
_RANGE = re.compile(r"(\d*)-(\d*)", re.ASCII)
_UNIT = "bytes="
# More digits than any size has, and fewer than Python refuses to read.
_MOST_DIGITS = 18


@dataclass(frozen=True)
class ByteRange:
    """Part of a file; both ends belong to it, and the first byte is 0."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


class NoSuchRange(Exception):
    """No byte of the file lies in the range that was asked for."""


def read_range(header: str, size: int) -> ByteRange | None:
    """Return the part of `size` bytes that a Range header asks for, or None where the whole is to be sent.

    The whole is sent for another unit, for what cannot be read, and for several ranges at once: whoever asks for those
    must be ready for it. Raises `NoSuchRange` for one that lies outside of the file.
    """
    if header[: len(_UNIT)].lower() != _UNIT:
        return None
    parts = [part for part in (given.strip(" \t") for given in header[len(_UNIT) :].split(",")) if part]
    match = _RANGE.fullmatch(parts[0]) if len(parts) == 1 else None
    if match is None:
        return None
    first, last = match.groups()
    if not first:
        return _last_bytes(_number(last), size) if last else None
    return _between(_number(first), _number(last) if last else None, size)


def range_still_counts(if_range: str, tag: str) -> bool:
    """Tell whether a Range may be answered with a part, given the If-Range beside it ("" when there is none).

    Only our own strong tag does it. A date never does: files are told apart by their content here.
    """
    return not if_range or if_range.strip() == tag


def _last_bytes(length: int, size: int) -> ByteRange:
    if not length or not size:
        raise NoSuchRange
    return ByteRange(max(0, size - length), size - 1)


def _between(first: int, last: int | None, size: int) -> ByteRange | None:
    if last is not None and last < first:
        return None
    if first >= size:
        raise NoSuchRange
    return ByteRange(first, size - 1 if last is None else min(last, size - 1))


def _number(digits: str) -> int:
    digits = digits.lstrip("0")
    return int(digits or "0") if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS
