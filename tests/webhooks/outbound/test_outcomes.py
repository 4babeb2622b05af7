"""What each answer means, and what is kept of it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_project.http import (
    AddressRefused,
    Answer,
    BodyTooLarge,
    ConnectionFailed,
    DeadlineExceeded,
    OutboundError,
    UnexpectedAnswer,
    UrlRefused,
)
from webhooks.models import Reason
from webhooks.outbound.outcomes import Outcome, outcome_of, outcome_of_failure

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = 24 * 3600


def of(status: int, **headers: str) -> Outcome:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return outcome_of(Answer(status, named, b"hello"), now=NOW)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_delivered(status: int) -> None:
    assert of(status, Retry_After="9") == Outcome(delivered=True, status_code=status, answer="hello")


@pytest.mark.parametrize(
    ("status", "reason", "detail"),
    [
        (101, Reason.STATUS, "The answer was 101."),
        (300, Reason.REDIRECT, "The answer was 300; redirects are not followed."),
        (301, Reason.REDIRECT, "The answer was 301; redirects are not followed."),
        (304, Reason.REDIRECT, "The answer was 304; redirects are not followed."),
        (308, Reason.REDIRECT, "The answer was 308; redirects are not followed."),
        (400, Reason.STATUS, "The answer was 400."),
        (404, Reason.STATUS, "The answer was 404."),
        (410, Reason.GONE, "The answer was 410: it wants to be told no more."),
        (429, Reason.STATUS, "The answer was 429."),
        (500, Reason.STATUS, "The answer was 500."),
        (503, Reason.STATUS, "The answer was 503."),
        (999, Reason.STATUS, "The answer was 999."),
    ],
)
def test_no_other_is_delivered(status: int, reason: Reason, detail: str) -> None:
    assert of(status) == Outcome(False, reason, detail, status, None, "hello")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("007", 7),
        ("Sun, 22 Nov 2026 12:02:00 GMT", 120),
        ("Sunday, 22-Nov-26 12:02:00 GMT", 120),
        ("Sun Nov 22 12:02:00 2026", 120),
        (str(DAY), DAY),
        (str(DAY + 1), DAY),
        ("9" * 12, DAY),
        ("9" * 5000, DAY),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DAY),
    ],
)
def test_a_busy_receiver_may_ask_to_wait_up_to_a_day(status: int, asked: str, seconds: int) -> None:
    outcome = of(status, Retry_After=asked)
    assert outcome.retry_after == timedelta(seconds=seconds)
    assert outcome.detail == f"The answer was {status}; it asks to wait {seconds} s."


@pytest.mark.parametrize(
    "asked",
    [
        *("", "0", "-5", "1.5", "soon", "120 s", "120, 240", "²", "٣", "1e3", "inf", "NaN", "\0"),
        "Sun, 22 Nov 2026 12:00:00 GMT",
        "Sun, 22 Nov 1926 12:02:00 GMT",
        "Sun, 99 Nov 2026 12:02:00 GMT",
        "Sun, 22 Nov 2026 12:02:00 +0100",
    ],
)
def test_a_wish_that_cannot_be_read_or_is_over_is_none(asked: str) -> None:
    assert of(503, Retry_After=asked) == of(503)


@pytest.mark.parametrize("status", [301, 400, 404, 410, 500, 502])
def test_nobody_else_is_asked_how_long_to_wait(status: int) -> None:
    assert of(status, Retry_After="120").retry_after is None


@pytest.mark.parametrize("name", ["Retry-After", "retry-after", "RETRY-AFTER"])
def test_the_header_counts_in_any_case(name: str) -> None:
    assert of(503, **{name: "120"}).retry_after == timedelta(seconds=120)


@given(status=st.integers(100, 999), asked=st.text(), body=st.binary(max_size=5000), truncated=st.booleans())
def test_no_answer_whatever_breaks_anything(status: int, asked: str, body: bytes, truncated: bool) -> None:
    outcome = outcome_of(Answer(status, {"Retry-After": asked}, body, truncated), now=NOW)
    assert outcome.delivered == (outcome.reason == "") == (outcome.detail == "") == (status // 100 == 2)
    assert outcome.retry_after is None or timedelta() < outcome.retry_after <= timedelta(days=1)
    assert len(outcome.answer) <= 4096 and "\0" not in outcome.answer
    outcome.answer.encode()


@pytest.mark.parametrize(
    ("error", "reason", "detail"),
    [
        (DeadlineExceeded(), Reason.TIMEOUT, "The other side was too slow."),
        (ConnectionFailed("The connection was refused."), Reason.CONNECTION, "The connection was refused."),
        (AddressRefused(), Reason.REFUSED_ADDRESS, "The host is, or leads to, an address that is not public."),
        (UrlRefused("The URL is malformed."), Reason.REFUSED_URL, "The URL is malformed."),
        (UnexpectedAnswer("The answer is malformed."), Reason.BAD_ANSWER, "The answer is malformed."),
        (BodyTooLarge(), Reason.BAD_ANSWER, "The answer is larger than allowed."),
        (OutboundError(), Reason.CONNECTION, "The request to a given address failed."),
    ],
)
def test_no_answer_has_its_reason_and_words(error: OutboundError, reason: Reason, detail: str) -> None:
    assert outcome_of_failure(error) == Outcome(False, reason, detail)


def test_a_status_that_came_before_it_failed_is_kept() -> None:
    error = DeadlineExceeded()
    error.status = 200
    assert outcome_of_failure(error) == Outcome(False, Reason.TIMEOUT, "The other side was too slow.", 200)


def test_every_failure_of_a_request_has_a_reason_of_its_own_choice() -> None:
    assert {outcome_of_failure(kind()).reason for kind in OutboundError.__subclasses__()} == {
        *(Reason.TIMEOUT, Reason.CONNECTION, Reason.REFUSED_ADDRESS, Reason.REFUSED_URL, Reason.BAD_ANSWER),
    }


@pytest.mark.parametrize(
    ("body", "truncated", "kept"),
    [
        (b"", False, ""),
        ("Grüße 😀".encode(), False, "Grüße 😀"),
        (b"a\0b\0", False, "ab"),
        (b"Gr\xfc\xdfe", False, "Gr\ufffd\ufffde"),
        (b"\xff\xfe" * 3, False, "\ufffd" * 6),
        (b"end\xf0\x9f\x98", False, "end\ufffd"),
        (b"cut\xf0\x9f\x98", True, "cut"),
        (b"a" * 4096, True, "a" * 4096),
        (b"a" * 4097, False, "a" * 4096),
        (b"a" * 4095 + "ü".encode(), False, "a" * 4095),
        (b"\x1f\x8b\x08\0", False, "\x1f\ufffd\x08"),
    ],
)
def test_the_beginning_of_an_answer_is_kept_as_text(body: bytes, truncated: bool, kept: str) -> None:
    assert outcome_of(Answer(200, {}, body, truncated), now=NOW).answer == kept
