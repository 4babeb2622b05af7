"""AssemblyAI's document about one job, read without trust: whatever it holds, a result can be stored.

The document itself is kept to the byte; what is read here are the few things that records, lists and pages show.
https://www.assemblyai.com/docs/api-reference/transcripts/get
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from math import isfinite
from typing import Any
from urllib.parse import parse_qs, urlsplit

LONGEST_LANGUAGE_CODE = 20
LONGEST_MODEL = 100
# What the column holds; 68 years.
LONGEST_DURATION = 2**31 - 1
# JSON has no largest number; a column has.
LARGEST_NUMBER = 1e300
# Many characters are written as two halves; only a half without the other is at fault, and an escaped backslash before
# what looks like one hides it. To look for the first pattern is quick.
HALF_A_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")
LONE_HALF = re.compile(
    rb"\\u[dD][89abAB]..(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]|\\\\u[dD]", re.DOTALL
)


@dataclass(frozen=True)
class ProviderTranscript:
    """One answer about one job. `content` is the JSON as received."""

    content: bytes

    @cached_property
    def document(self) -> dict[str, Any]:
        """Return the parsed document. Raises `ValueError` when it is not a JSON object."""
        # PostgreSQL takes NUL neither as text nor in JSON, and neither NaN nor infinity are JSON at all; 1e999 is, and
        # becomes infinity.
        document = json.loads(self.content.replace(rb"\u0000", b""), parse_constant=lambda _: None, parse_float=_finite)
        if HALF_A_CHARACTER.search(self.content) and LONE_HALF.search(self.content):
            # Half of a pair can be written in JSON, and nowhere else.
            document = json.loads(json.dumps(document, ensure_ascii=False).encode(errors="replace"))
        if not isinstance(document, dict):
            raise ValueError("not a JSON object")
        return document

    @property
    def status(self) -> str:
        return _text(self.document.get("status"))

    @property
    def ended(self) -> bool:
        return self.status in ("completed", "error")

    @property
    def error(self) -> str:
        return _text(self.document.get("error")) or "AssemblyAI gave no reason."

    @property
    def text(self) -> str:
        return _text(self.document.get("text"))

    @property
    def words(self) -> list[Any]:
        words = self.document.get("words")
        return words if isinstance(words, list) else []

    @property
    def progress(self) -> int | None:
        """Return the percentage that the sandbox tells; AssemblyAI itself has no such field."""
        progress = _number(self.document.get("progress"))
        return None if progress is None else int(min(max(progress, 0), 100))

    def summary(self) -> dict[str, Any]:
        """Return the columns that records and lists show."""
        duration = _number(self.document.get("audio_duration"))
        return {
            # Where nothing was said the provider may write 0, which would read as a doubtful text.
            "confidence": _number(self.document.get("confidence")) if self.words or self.text else None,
            "language_code": _text(self.document.get("language_code"))[:LONGEST_LANGUAGE_CODE],
            "audio_duration": None if duration is None else round(min(max(duration, 0), LONGEST_DURATION)),
            "speech_model_used": _text(self.document.get("speech_model_used"))[:LONGEST_MODEL],
            "warnings": self._warnings(),
        }

    def _warnings(self) -> list[str]:
        metadata = self.document.get("metadata")
        warnings = metadata.get("warnings") if isinstance(metadata, dict) else None
        found = [warning.get("message") for warning in warnings or [] if isinstance(warning, dict)]
        return [message for message in found if isinstance(message, str)]


@dataclass(frozen=True)
class ListPage:
    """One page of AssemblyAI's list of transcripts, newest first."""

    document: dict[str, Any]

    def ids_for(self, audio_url: str) -> list[str]:
        """Return the ids of the jobs for this address."""
        return [_text(item.get("id")) for item in self._items if item.get("audio_url") == audio_url and item.get("id")]

    @property
    def oldest(self) -> datetime | None:
        """Return when the last job of the page was created; None when the page is empty or does not tell."""
        try:
            moment = datetime.fromisoformat(_text(self._items[-1].get("created")))
        except (IndexError, ValueError):
            return None
        # AssemblyAI's times are UTC and say nothing about it.
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    @property
    def before_id(self) -> str | None:
        """Return where the next page, of older jobs, begins; None when there is none."""
        details = self.document.get("page_details")
        prev_url = _text(details.get("prev_url")) if isinstance(details, dict) else ""
        return parse_qs(urlsplit(prev_url).query).get("before_id", [None])[0]

    @property
    def _items(self) -> list[dict[str, Any]]:
        items = self.document.get("transcripts")
        return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _finite(digits: str) -> float | None:
    value = float(digits)
    return value if isfinite(value) else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and abs(value) < LARGEST_NUMBER else None
