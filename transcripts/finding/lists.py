"""The transcripts that were asked for, in the order that was asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import accumulate, islice
from uuid import UUID

from django.contrib.auth.models import User
from django.core.cache.backends.locmem import LocMemCache

from api_project.rest.pagination import Listed, Span
from api_project.rest.slices import Slices
from transcripts.finding.engines import search_engine
from transcripts.finding.engines.base import LARGEST_NUMBER, Deadline, Match, Search
from transcripts.finding.filters import Filters
from transcripts.finding.questions import Question
from transcripts.models import Transcript
from transcripts.selectors import transcript_list

# The best are sought among the newest matches: so many, and with no more words than this, whatever the store holds.
MOST_RANKED = 1_000
MOST_WORDS_RANKED = 2_000_000
# Rankings are kept for some seconds in each process, so that a client which reads on pays for one only.
RANKINGS = LocMemCache("rankings", {"TIMEOUT": 60, "OPTIONS": {"MAX_ENTRIES": 50}})


@dataclass(frozen=True)
class Wanted:
    """What to list: filters, and a question with the order of its answers, if there is one; from now on in a time."""

    filters: Filters = field(default_factory=Filters)
    question: Question | None = None
    best_first: bool = False
    deadline: Deadline = field(default_factory=Deadline, compare=False, repr=False)


def transcripts_found(*, owner: User, wanted: Wanted) -> Listed:
    """Return the owner's transcripts as pages are made of them, newest first unless the best are to come first."""
    if wanted.question is None:
        return _filtered(owner, wanted.filters)
    search = Search(owner.pk, wanted.question, wanted.filters, deadline=wanted.deadline)
    return Ranked(owner, search) if wanted.best_first else Searched(owner, search)


def _filtered(owner: User, filters: Filters) -> Listed:
    """Return all transcripts that filters let pass, by their ids."""
    mine = transcript_list(owner=owner).filter(filters.made_within())
    return Slices(Transcript.objects.all(), [mine.filter(part.condition()) for part in filters.slices()])


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
        return _read(self._owner, search.filters, self._found(search, limit, oldest_first), limit=limit)

    def position(self, row: Transcript) -> int:
        return self._numbers[row.pk]

    def _found(self, search: Search, limit: int, oldest_first: bool) -> Iterator[UUID]:
        """Yield all matches; the first `limit` are found at once."""
        while matches := search_engine().find(search, limit=limit, oldest_first=oldest_first):
            for match in matches:
                self._numbers[match.transcript_id] = match.number
                yield match.transcript_id
            if len(matches) < limit:
                return
            search = search.beyond(matches[-1], oldest_first=oldest_first)


class Ranked:
    """The best of the newest that a search finds, by their places: the first has the highest."""

    def __init__(self, owner: User, search: Search) -> None:
        self._owner = owner
        self._search = search
        self._places: dict[UUID, int] = {}

    def fetch(self, span: Span, *, limit: int, oldest_first: bool) -> Sequence[Transcript]:
        ranked = _ranking(self._search, anew=span == Span())
        self._places = {found: MOST_RANKED - place for place, found in enumerate(ranked)}
        found = [found for found, place in self._places.items() if span.above < place < span.below]
        return _read(self._owner, self._search.filters, iter(found[::-1] if oldest_first else found), limit=limit)

    def position(self, row: Transcript) -> int:
        return self._places[row.pk]


def _ranking(search: Search, *, anew: bool) -> list[UUID]:
    """Return what a search finds, the best first; for pages behind the first one as it was then, if that is known."""
    key = sha256(repr(search).encode()).hexdigest()
    ranked: list[UUID] | None = None if anew else RANKINGS.get(key)
    if ranked is None:
        ranked = [match.transcript_id for match in _rank(search)]
        RANKINGS.set(key, ranked)
    return ranked


def _rank(search: Search) -> list[Match]:
    """Return the newest matches, the best first, and of the equally good the newer first."""
    found = search_engine().find(search, limit=MOST_RANKED, oldest_first=False)
    # What follows is bounded by the number of words.
    search.deadline.check()
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


def _read(owner: User, filters: Filters, ids: Iterator[UUID], *, limit: int) -> list[Transcript]:
    """Return the first transcripts in this order.

    Those that are gone meanwhile, or changed, are replaced by others: a page with too few rows would be the last one.
    """
    rows: list[Transcript] = []
    while wanted := list(islice(ids, limit - len(rows))):
        found = transcript_list(owner=owner).filter(filters.condition()).in_bulk(wanted)
        rows += [found[transcript_id] for transcript_id in wanted if transcript_id in found]
    return rows
