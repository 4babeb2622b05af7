"""Byte ranges as RFC 9110, section 14, has them; the examples are of 14.1.2 where it gives any."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_project.rest.ranges import ByteRange, NoSuchRange, range_still_counts, read_range

SIZE = 10_000
HUGE = "9" * 5000


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-499", 0, 499),
        ("bytes=500-999", 500, 999),
        ("bytes=-500", 9500, 9999),
        ("bytes=9500-", 9500, 9999),
        ("bytes=0-0", 0, 0),
        ("bytes=-1", 9999, 9999),
        ("bytes=0-", 0, 9999),
        ("bytes=9999-9999", 9999, 9999),
        ("bytes=9999-20000", 9999, 9999),
        ("bytes=-20000", 0, 9999),
        ("bytes=007-008", 7, 8),
        ("Bytes=0-1", 0, 1),
        ("bytes=0-1,", 0, 1),
        ("bytes=, 0-1 ,\t", 0, 1),
        (f"bytes=0-{HUGE}", 0, 9999),
        (f"bytes=-{HUGE}", 0, 9999),
    ],
)
def test_one_range_is_that_part(header: str, first: int, last: int) -> None:
    found = read_range(header, SIZE)
    assert found == ByteRange(first, last)
    assert found.length == last - first + 1


@pytest.mark.parametrize("header", ["bytes=10000-", "bytes=10000-10001", "bytes=-0", "bytes=-000", f"bytes={HUGE}-"])
def test_a_range_outside_of_the_file_is_none(header: str) -> None:
    with pytest.raises(NoSuchRange):
        read_range(header, SIZE)


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=-5"])
def test_nothing_has_no_parts(header: str) -> None:
    with pytest.raises(NoSuchRange):
        read_range(header, 0)


@pytest.mark.parametrize("header", ["bytes=0-0,-1", "bytes=500-600,601-999", "bytes=0-1,20000-", "bytes=0-0," * 1000])
def test_several_at_once_are_the_whole(header: str) -> None:
    assert read_range(header, SIZE) is None


@pytest.mark.parametrize(
    "header",
    [
        *("", "bytes", "bytes=", "bytes=-", "bytes=,", "bytes=a-b", "bytes=1", "bytes=2-1", "bytes=1-2-3"),
        *("bytes=0x1-2", "bytes=1.5-2", "bytes=--1", "bytes=+1-2", "bytes= 1 - 2", "bytes=\u0661-\u0662", "bytes=²-³"),
        *("bytes =0-1", "items=0-1", "seconds=1-2", "0-1", "bytes:0-1", "bytes=0-1;2"),
    ],
)
def test_what_cannot_be_read_is_left_aside(header: str) -> None:
    assert read_range(header, SIZE) is None


@given(st.text(st.sampled_from("bytes=0123456789-, "), max_size=30), st.integers(0, 100))
def test_whatever_is_asked_for_lies_in_the_file(text: str, size: int) -> None:
    try:
        found = read_range(f"bytes={text}", size)
    except NoSuchRange:
        return
    assert found is None or 0 <= found.first <= found.last < size


@pytest.mark.parametrize(
    ("if_range", "counts"),
    [
        ("", True),
        ('"tag"', True),
        ('"other"', False),
        ('W/"tag"', False),
        ("tag", False),
        ("Sun, 22 Nov 2026 20:00:00 GMT", False),
    ],
)
def test_a_range_counts_only_of_the_file_that_if_range_names(if_range: str, counts: bool) -> None:
    assert range_still_counts(if_range, '"tag"') is counts
