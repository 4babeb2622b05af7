"""What the search asks of a database."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from transcripts.finding.documents import Document, number_at, tag_of_owner
from transcripts.finding.filters import Filters
from transcripts.finding.questions import Question

LARGEST_NUMBER = 2**63 - 1


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

    @property
    def tags(self) -> list[str]:
        return [tag_of_owner(self.owner_id), *self.filters.tags()]

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
        """Return the newest matches, newest first, or the oldest ones, oldest first."""

    def scores(self, numbers: Collection[int], words: Iterable[str]) -> dict[int, float]:
        """Return how well entries match words, by number; higher is better."""
