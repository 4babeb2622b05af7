"""Writing a document as PostgreSQL's tsvector, within what that can hold.

A tsvector has room for 1 MB, for positions up to 16,383, and for 256 of them per word. Beyond the last two a word is
still found, but not where it stands; beyond the first the rarest words, those that come last, are left out.
https://www.postgresql.org/docs/current/textsearch-limits.html
"""

from collections.abc import Iterable
from itertools import islice

from transcripts.finding.documents import RANDOM_BITS, Document

MOST_BYTES = 1_000_000
LAST_POSITION = 16_383
MOST_POSITIONS = 256
# Texts begin far behind titles, so that no phrase runs from one into the other.
TEXT_BEGINS = 500
# No word has one: where a tag begins.
TAG = "!"
# On what is longer than positions reach.
CUT = f"{TAG}cut"
# In bits of milliseconds: periods of 4 s, 1 min, 17 min, 5 h, 3 d, 50 d. Each has 16 of those before it.
PERIODS = (12, 16, 20, 24, 28, 32)


def cut_word(word: str) -> str:
    """Return the tag on what has this word more often than it has positions there."""
    return f"{CUT}:{word}"


def tsvector(document: Document) -> str:
    """Return the literal."""
    words = _positions(document)
    tags = [f"{TAG}{tag}" for tag in document.tags] + [period(document.number, bits) for bits in PERIODS]
    if len(document.text) > LAST_POSITION - TEXT_BEGINS + 1:
        tags.append(CUT)
    tags += [cut_word(word) for word, positions in words.items() if len(positions) == MOST_POSITIONS]
    found = [f"'{tag}'" for tag in tags]
    room = MOST_BYTES - sum(len(tag.encode()) + 4 for tag in tags)
    for word, positions in words.items():
        # Its bytes, a header for the positions, two bytes for each, and what aligning them may cost.
        room -= len(word.encode()) + 4 + 2 * len(positions)
        if room < 0:
            break
        found.append(f"'{word}':{','.join(positions)}" if positions else f"'{word}'")
    return " ".join(found)


def period(number: int, bits: int) -> str:
    """Return the tag of the period in which something with this number was created."""
    return f"{TAG}t{bits}:{number >> RANDOM_BITS + bits:x}"


def _positions(document: Document) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    _take(found, document.title, begin=1, weight="A")
    _take(found, document.text, begin=TEXT_BEGINS, weight="")
    return found


def _take(found: dict[str, list[str]], words: Iterable[str], *, begin: int, weight: str) -> None:
    words = iter(words)
    for position, word in enumerate(islice(words, LAST_POSITION - begin + 1), begin):
        positions = found.setdefault(word, [])
        if len(positions) < MOST_POSITIONS:
            positions.append(f"{position}{weight}")
    for word in words:
        found.setdefault(word, [])
