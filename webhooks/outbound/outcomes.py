"""What came of one attempt: delivered, or why not, in our own words."""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils.http import parse_http_date_safe

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
from webhooks.outbound.schedule import SCHEDULE

MAX_ANSWER_BYTES = 4096
# With others, a Retry-After has no meaning that all agree on (RFC 9110, section 10.2.3).
MAY_ASK_TO_WAIT = (429, 503)
# More digits are no number of seconds that anybody means.
MAX_DIGITS = 12

REASONS: Mapping[type[OutboundError], Reason] = {
    DeadlineExceeded: Reason.TIMEOUT,
    ConnectionFailed: Reason.CONNECTION,
    AddressRefused: Reason.REFUSED_ADDRESS,
    UrlRefused: Reason.REFUSED_URL,
    UnexpectedAnswer: Reason.BAD_ANSWER,
    BodyTooLarge: Reason.BAD_ANSWER,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt.

    Attributes:
        reason: why it is not delivered; blank when it is.
        detail: the same in words; blank when it is.
        retry_after: how long the receiver asks to be left alone, bounded.
        answer: the beginning of its body, as text that any database takes.
    """

    delivered: bool
    reason: Reason | Literal[""] = ""
    detail: str = ""
    status_code: int | None = None
    retry_after: timedelta | None = None
    answer: str = ""


def outcome_of(answer: Answer, *, now: datetime) -> Outcome:
    """Return what an answer means: its status decides, and its body never."""
    status, text = answer.status, _text_of(answer)
    if 200 <= status < 300:
        return Outcome(delivered=True, status_code=status, answer=text)
    wait = _retry_after(answer.headers, now) if status in MAY_ASK_TO_WAIT else None
    return Outcome(False, _reason_of(status), _detail(status, wait), status, wait, text)


def outcome_of_failure(error: OutboundError) -> Outcome:
    """Return what it means that there was no answer, or no whole one."""
    reason = next((reason for kind, reason in REASONS.items() if isinstance(error, kind)), Reason.CONNECTION)
    return Outcome(False, reason, str(error), error.status)


def _reason_of(status: int) -> Reason:
    if status == 410:
        return Reason.GONE
    return Reason.REDIRECT if 300 <= status < 400 else Reason.STATUS


def _detail(status: int, wait: timedelta | None) -> str:
    if status == 410:
        return "The answer was 410: it wants to be told no more."
    if 300 <= status < 400:
        return f"The answer was {status}; redirects are not followed."
    return f"The answer was {status}{f'; it asks to wait {wait.total_seconds():.0f} s' if wait else ''}."


def _retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return how long a `Retry-After` asks to wait, in either of its forms; None when it cannot be read or is over."""
    value = next((value.strip() for name, value in headers.items() if name.lower() == "retry-after"), "")
    seconds = _seconds(value, now)
    if seconds is None or seconds <= 0:
        return None
    return timedelta(seconds=min(seconds, SCHEDULE.longest_retry_after.total_seconds()))


def _seconds(value: str, now: datetime) -> float | None:
    if value.isascii() and value.isdecimal():
        return int(value) if len(value) <= MAX_DIGITS else float("inf")
    moment = parse_http_date_safe(value)
    return None if moment is None else moment - now.timestamp()


def _text_of(answer: Answer) -> str:
    """Return the beginning of the body, without NUL, which PostgreSQL refuses, or half a character where it is cut."""
    body = answer.body[:MAX_ANSWER_BYTES]
    was_cut = answer.truncated or len(answer.body) > MAX_ANSWER_BYTES
    return codecs.getincrementaldecoder("utf-8")("replace").decode(body, final=not was_cut).replace("\0", "")
