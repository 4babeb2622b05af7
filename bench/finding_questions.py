"""What the stores are asked: the same in each, under the names that the table has."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bench.finding_rows import COMMON, ELEVENTH, MEDIUM, PHRASE, RARE, TENTH

PATH = "/api/v1/transcripts/"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request; `{list}` and `{search}` stand for cursors, `{id}` for an id, and others for what a store has."""

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    below: str = ""
    owner: str = "many"


def _search(name: str, question: str, owner: str = "many", **more: str) -> Asked:
    return Asked(f"search: {name}", {"search": question, **more}, owner=owner)


MIDDLE = "2025-11-01T00:00:00Z"
SOON_AFTER = "2025-11-01T06:00:00Z"

LISTS = [
    Asked("list: first page"),
    Asked("list: a page far behind", {"cursor": "{list}"}),
    Asked("list: completed", {"status": "completed"}),
    Asked("list: error (1 %)", {"status": "error"}),
    Asked("list: queued or processing (0.2 %)", {"status": "queued,processing"}),
    Asked("list: source recording (5 %)", {"source": "recording"}),
    Asked("list: failed recordings (0.05 %)", {"source": "recording", "status": "error"}),
    Asked("list: of one call", {"call": "00000000-0000-0000-0000-000000000003"}),
    Asked("list: created before the middle", {"created_before": MIDDLE}),
    Asked("list: created in six hours", {"created_after": MIDDLE, "created_before": SOON_AFTER}),
    Asked("list: of who has few", owner="few"),
]
SEARCHES = [
    _search("five texts", RARE),
    _search("no text", "zebranowhere"),
    _search("half of all texts", COMMON),
    _search("half of all, far behind", COMMON, cursor="{search}"),
    _search("1 %", MEDIUM),
    _search("phrase (1 %)", f'"{PHRASE}"'),
    _search("phrase of two common words, nowhere", '"{apart}"'),
    _search("30 common words together", "{frequent}"),
    _search("two words (10 % and 9 %)", f"{TENTH} {ELEVENTH}"),
    _search("half of all and five", f"{COMMON} {RARE}"),
    _search("five or 1 %", f"{RARE} or {MEDIUM}"),
    _search("half of all without 1 %", f"{COMMON} -{MEDIUM}"),
    _search("half of all, of who has few", COMMON, owner="few"),
    _search("five, of who has few", RARE, owner="few"),
    _search("half of all, in recordings", COMMON, source="recording"),
    _search("a title, failed ones", "call number", status="error"),
    _search("1 %, created before the middle", MEDIUM, created_before=MIDDLE),
    _search("five, best first", RARE, order="relevance"),
    _search("half of all, best first", COMMON, order="relevance"),
]
