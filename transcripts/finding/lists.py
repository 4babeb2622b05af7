"""The transcripts that were asked for, in the order that was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from uuid import UUID

from django.contrib.auth.models import User

from api_project.rest.pagination import ById, Listed, Span
from transcripts.finding.engines import search_engine
from transcripts.finding.engines.base import LARGEST_NUMBER, Match, Search
from transcripts.finding.filters import Filters
from transcripts.finding.questions import Question
from transcripts.models import Transcript
from transcripts.selectors import transcript_list

# The best are sought among the newest matches: so many, and with no more words than this, whatever the store holds.
MOST_RANKED = 1_000
MOST_WORDS_RANKED = 2_000_000
# A row that is deleted between finding and reading it makes one more try necessary.
TRIES = 3


@dataclass(frozen=True)
class Wanted:
    """What to list: filters, and a question with the order of its answers, if there is one."""

    filters: Filters = field(default_factory=Filters)
    question: Question | None = None
    best_first: bool = False


def transcripts_found(*, owner: User, wanted: Wanted) -> Listed:
    """Return the owner's transcripts as pages are made of them, newest first unless the best are to come first."""
    if wanted.question is None:
        return Filtered(owner, wanted.filters)
    search = Search(owner.pk, wanted.question, wanted.filters)
    return Ranked(owner, search) if wanted.best_first else Searched(owner, search)


class Filtered:
    """All transcripts that filters let pass, by their ids."""

    def __init__(self, owner: User, filters: Filters) -> None:
        self._owner = owner
        mine = transcript_list(owner=owner).filter(filters.made_within())
        parts = list(filters.slices())
        if len(parts) > 1:
            mine = mine.only("pk")
        # Each slice is read in the order of an index. One query for several would have to read and sort them all.
        self._slices = [ById(mine.filter(part.condition())) for part in parts]

    def fetch(self, span: Span, *, limit: int, oldest_first: bool) -> Sequence[Transcript]:
        if len(self._slices) == 1:
            return self._slices[0].fetch(span, limit=limit, oldest_first=oldest_first)
        parts = [part.fetch(span, limit=limit, oldest_first=oldest_first) for part in self._slices]
        rows = sorted((row.pk for part in parts for row in part), reverse=not oldest_first)
        return _read(self._owner, rows[:limit])

    def position(self, row: Transcript) -> int:
        return row.pk.int


class Searched:
    """Those that a search finds, by their numbers in the order of creation."""

    def __init__(self, owner: User, search: Search) -> None:
        self._owner = owner
        self._search = search
        self._numbers: dict[UUID, int] = {}

    def fetch(self, span: Span, *, limit: int, oldest_first: bool) -> Sequence[Transcript]:
        # A cursor may be made up, and its number larger than any.
        below, above = min(span.below, LARGEST_NUMBER), min(span.above, LARGEST_NUMBER - 1)
        search = replace(self._search, below=below, above=above)
        rows: list[Transcript] = []
        for _ in range(TRIES):
            matches = search_engine().find(search, limit=limit, oldest_first=oldest_first)
            self._numbers.update((match.transcript_id, match.number) for match in matches)
            rows = _read(self._owner, [match.transcript_id for match in matches])
            if len(rows) == len(matches):
                break
        return rows

    def position(self, row: Transcript) -> int:
        return self._numbers[row.pk]


class Ranked:
    """The best of the newest that a search finds, by their places: the first has the highest."""

    def __init__(self, owner: User, search: Search) -> None:
        self._owner = owner
        self._search = search

    def fetch(self, span: Span, *, limit: int, oldest_first: bool) -> Sequence[Transcript]:
        places = [place for place in self._places.values() if span.above < place < span.below]
        shown = set(places[-limit:] if oldest_first else places[:limit])
        rows = _read(self._owner, [found for found, place in self._places.items() if place in shown])
        return rows[::-1] if oldest_first else rows

    def position(self, row: Transcript) -> int:
        return self._places[row.pk]

    @cached_property
    def _places(self) -> dict[UUID, int]:
        return {match.transcript_id: MOST_RANKED - place for place, match in enumerate(_ranking(self._search))}


def _ranking(search: Search) -> list[Match]:
    """Return the newest matches, the best first, and of the equally good the newer first."""
    found = search_engine().find(search, limit=MOST_RANKED, oldest_first=False)
    words = accumulate(match.words for match in found)
    ranked = [match for place, (match, sum_) in enumerate(zip(found, words, strict=True)) if _fits(place, sum_)]
    hits = {word for phrase in search.question.wanted for word in phrase}
    if not (hits and ranked):
        return ranked
    scores = search_engine().scores([match.number for match in ranked], sorted(hits))
    # PostgreSQL counts with seven digits.
    return sorted(ranked, key=lambda match: (-round(scores.get(match.number, 0.0), 6), -match.number))


def _fits(place: int, words: int) -> bool:
    return place == 0 or words <= MOST_WORDS_RANKED


def _read(owner: User, ids: Sequence[UUID]) -> list[Transcript]:
    """Return transcripts in this order, without those that are gone meanwhile."""
    rows = transcript_list(owner=owner).in_bulk(list(ids))
    return [rows[found] for found in ids if found in rows]
