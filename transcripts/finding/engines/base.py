"""What the search asks of a database."""

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol
from uuid import UUID

from transcripts.exceptions import SearchTooSlow
from transcripts.finding.documents import Document, number_at, tag_of_owner
from transcripts.finding.filters import Filters
from transcripts.finding.questions import Question

LARGEST_NUMBER = 2**63 - 1
# What a search may take; all but the oddest take some milliseconds.
MOST_SECONDS = 3.0


class Deadline:
    """Until when a search may go on, from now on."""

    def __init__(self, seconds: float | None = None) -> None:
        self._end = time.monotonic() + (MOST_SECONDS if seconds is None else seconds)

    @property
    def left(self) -> float:
        """Return the seconds that are left."""
        return self._end - time.monotonic()

    def check(self) -> None:
        """Raises SearchTooSlow when the time is over."""
        if self.left <= 0:
            raise SearchTooSlow


@dataclass(frozen=True)
class Match:
    """A transcript that was found, by its number in the order of creation."""

    number: int
    transcript_id: UUID
    words: int


@dataclass(frozen=True)
class Search:
    """A question about one owner's transcripts, numbers strictly between `above` and `below`."""

    owner_id: int
    question: Question
    filters: Filters
    below: int = LARGEST_NUMBER
    above: int = -1
    deadline: Deadline = field(default_factory=Deadline, compare=False, repr=False)

    @property
    def tags(self) -> list[str]:
        return [tag_of_owner(self.owner_id), *self.filters.tags()]

    def beyond(self, match: Match, *, oldest_first: bool) -> "Search":
        """Return the search for what follows upon a match."""
        return replace(self, above=match.number) if oldest_first else replace(self, below=match.number)

    @property
    def first(self) -> int:
        """Return the least number that can match."""
        since, _ = self.filters.milliseconds()
        return max(self.above + 1, number_at(since) if since is not None else 0)

    @property
    def end(self) -> int:
        """Return the number from which on none can match."""
        _, until = self.filters.milliseconds()
        return min(self.below, number_at(until) if until is not None else LARGEST_NUMBER)


class Engine(Protocol):
    def insert(self, document: Document) -> bool:
        """Write a new entry. Returns False when its number or its transcript has one."""

    def replace(self, document: Document) -> None:
        """Write the entry with this number anew."""

    def find(self, search: Search, *, limit: int, oldest_first: bool) -> Sequence[Match]:
        """Return the newest matches, newest first, or the oldest ones, oldest first.

        They are fewer than the limit only where there are no more. Raises SearchTooSlow at the search's deadline.
        """

    def scores(self, numbers: Collection[int], words: Iterable[str]) -> dict[int, float]:
        """Return how well entries match words, by number; higher is better."""
