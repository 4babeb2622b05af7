"""GET /v2/transcript: newest first; `prev_url` leads to older ones, `next_url` to newer ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from sandbox.assemblyai.documents import build_item
from sandbox.assemblyai.errors import ApiError
from sandbox.assemblyai.store import Page, Store

STATUSES = ("queued", "processing", "completed", "error")
DEFAULT_LIMIT = 10
LARGEST_LIMIT = 200


def list_transcripts(store: Store, account: str, query: QueryParams, base_url: str) -> dict[str, Any]:
    """Return a page as AssemblyAI does; raise ApiError (400) for what cannot be read."""
    page = _read_page(store, account, query)
    # Nothing is ever throttled here.
    found = [] if query.get("throttled_only") == "true" else store.page(account, page)
    older = found and store.page(account, replace(page, limit=1, before_seq=found[-1].seq, after_seq=None))
    newer = found and store.page(account, replace(page, limit=1, before_seq=None, after_seq=found[0].seq))
    kept = {name: query[name] for name in ("limit", "status", "created_on") if name in query}
    url = f"{base_url}/v2/transcript"
    return {
        "page_details": {
            "limit": page.limit,
            "result_count": len(found),
            "current_url": f"{url}?{query}" if query else url,
            "prev_url": f"{url}?{urlencode({**kept, 'before_id': found[-1].id})}" if older else None,
            "next_url": f"{url}?{urlencode({**kept, 'after_id': found[0].id})}" if newer else None,
        },
        "transcripts": [build_item(transcript, base_url) for transcript in found],
    }


def _read_page(store: Store, account: str, query: QueryParams) -> Page:
    return Page(
        limit=_limit(query.get("limit")),
        status=_status(query.get("status", "")),
        created_on=_day(query.get("created_on", "")),
        before_seq=_position(store, account, query.get("before_id")),
        after_seq=_position(store, account, query.get("after_id")),
    )


def _limit(text: str | None) -> int:
    limit = int(text) if text and text.isdecimal() else DEFAULT_LIMIT if text is None else 0
    if not 1 <= limit <= LARGEST_LIMIT:
        raise ApiError(400, f"limit must be between 1 and {LARGEST_LIMIT}.")
    return limit


def _status(text: str) -> str:
    if text and text not in STATUSES:
        raise ApiError(400, f"status must be one of {', '.join(STATUSES)}.")
    return text


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError as exc:
        raise ApiError(400, "created_on must be a date, YYYY-MM-DD.") from exc


def _position(store: Store, account: str, transcript_id: str | None) -> int | None:
    if not transcript_id:
        return None
    try:
        transcript = store.get(transcript_id)
    except KeyError:
        transcript = None
    if transcript is None or transcript.account != account:
        raise ApiError(400, "The transcript to page from was not found.")
    return transcript.seq
