"""What is written about a transcript for the search, before a database has its own way with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from transcripts.models import Source, Status

# Beside the 48 bits of milliseconds, these many of a UUIDv7's random bits find room in a bigint.
RANDOM_BITS = 15


@dataclass(frozen=True)
class Document:
    """The words of one transcript, and the tags by which others' and filtered ones are passed over."""

    number: int
    transcript_id: UUID
    owner_id: int
    title: Sequence[str]
    text: Sequence[str]
    tags: Sequence[str]

    @property
    def words(self) -> int:
        return len(self.title) + len(self.text)


def first_number(transcript_id: UUID) -> int:
    """Return the number that a transcript has in the order of creation, unless another has it already.

    A UUIDv7 is 48 bits of milliseconds, 4 of version, 12 at random, 2 of variant, and the rest at random.
    """
    bits = transcript_id.int
    random = (bits >> 64 & 0xFFF) << 3 | bits >> 59 & 0b111
    return number_at(bits >> 80) | random


def number_at(milliseconds: int) -> int:
    """Return the first number of a moment since 1970."""
    return milliseconds << RANDOM_BITS


def tag_of_owner(owner_id: int) -> str:
    return f"owner{owner_id}"


def tag_of_source(source: str) -> str:
    return f"source{Source(source).value}"


def tag_of_call(call_id: UUID) -> str:
    return f"call{call_id.hex}"


def tag_of_status(status: str) -> str:
    """Return the tag for a status; only `completed` never changes again, so the others share one."""
    return "completed" if status == Status.COMPLETED else "open"


def tags(*, owner_id: int, source: str, call_id: UUID | None, status: str) -> list[str]:
    """Return all tags of a transcript. They are letters and digits, which every tokenizer leaves whole."""
    found = [tag_of_owner(owner_id), tag_of_source(source), tag_of_status(status)]
    return [*found, tag_of_call(call_id)] if call_id else found
