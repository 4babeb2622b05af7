"""Transcripts as a service may hold them: several owners, a hundred words each that are as frequent as in speech.

A page with more rows takes longer whatever the store, so of each kind that is asked for the smallest store has as many
as fill a page, where the larger ones have.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise, permutations
from uuid import UUID

# Raise it when other rows are made, so that stores that were kept are not taken for these.
EDITION = 2
VOCABULARY = 30_000
# So many of it are asked for together.
FREQUENT = 30
# So many texts are made; each transcript has one of them, and words of its own that are asked for.
TEXTS = 4_000
WORDS = 100
PERIOD = timedelta(days=730)
END = datetime(2026, 11, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
SYLLABLES = ("ka", "lo", "mi", "ten", "ras", "vo", "del", "pin", "gu", "sha", "or", "ble", "cu", "fex", "zan", "wit")

# The first has most of it, the last next to nothing.
OWNERS = ("many", "other1", "other2", "other3", "other4", "few")
SHARES = (0.6, 0.1, 0.1, 0.1, 0.0995, 0.0005)
# In how many of all texts a word stands; the rare one in a fixed number of them.
COMMON, MEDIUM, TENTH, ELEVENTH = "zebracommon", "zebramedium", "zebratenth", "zebraeleventh"
PHRASE = "zebra phrase"
RARE, RARE_TEXTS = "zebrarare", 5
FREQUENCIES = {COMMON: 0.5, MEDIUM: 0.01, TENTH: 0.1, ELEVENTH: 0.09, PHRASE: 0.01}
# In any store the last owner has about so many, whatever the share.
FEW = 80

STATUSES = ("completed", "error", "processing", "queued")
STATUS_SHARES = (0.988, 0.01, 0.001, 0.001)
SOURCES = ("upload", "url", "recording")
SOURCE_SHARES = (0.8, 0.15, 0.05)
DELETED_SHARE = 0.02
# Of each of these kinds the first owner has so many in any store, spread evenly; half of them fill a page.
PLANTED = 44


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is settled about a row beforehand; all else is thrown with dice."""

    status: str = "completed"
    source: str = ""
    has_title: bool = False
    marks: tuple[str, ...] = ()


KINDS = (
    _Kind(status="error", source="recording", has_title=True),
    _Kind(status="queued"),
    _Kind(source="recording", marks=(COMMON,)),
    _Kind(marks=(MEDIUM, TENTH, ELEVENTH, PHRASE)),
)
RARE_KIND = _Kind(marks=(RARE,))


@dataclass(frozen=True, slots=True)
class Row:
    """One transcript."""

    id: UUID
    owner: str
    created_at: datetime
    status: str
    source: str
    call_id: UUID | None
    deleted: bool
    title: str
    # What is asked for, and what is said else; both empty where there is no text.
    marks: str
    spoken: str

    @property
    def text(self) -> str:
        return f"{self.marks} {self.spoken}".strip()


def rows(count: int) -> Iterator[Row]:
    """Yield transcripts from the oldest to the newest; the same ones whenever the count is the same."""
    dice = random.Random(count)
    texts = _texts(dice)
    kinds = _kinds(count)
    one_of_few = min(place for place, kind in kinds.items() if kind is RARE_KIND)
    for place in range(count):
        kind = kinds.get(place)
        # Each owner has some in any store.
        is_of_few = place == one_of_few if kind else place % max(count // FEW, 2) == 1
        owner = OWNERS[-1] if is_of_few else OWNERS[0] if kind else dice.choices(OWNERS, SHARES)[0]
        yield _row(place, count, owner, kind, texts, dice)


def _kinds(count: int) -> dict[int, _Kind]:
    """Return the places of rows about which something is settled."""
    planted = min(PLANTED, count // (4 * len(KINDS))) * len(KINDS)
    found = {int((number + 0.5) * count / planted): KINDS[number % len(KINDS)] for number in range(planted)}
    return found | {int((number + 0.5) * count / RARE_TEXTS): RARE_KIND for number in range(RARE_TEXTS)}


def _row(place: int, count: int, owner: str, kind: _Kind | None, texts: list[str], dice: random.Random) -> Row:
    created_at = END - PERIOD + place * PERIOD / count
    status = kind.status if kind else dice.choices(STATUSES, STATUS_SHARES)[0]
    source = (kind and kind.source) or dice.choices(SOURCES, SOURCE_SHARES)[0]
    return Row(
        id=_uuid7(created_at, dice),
        owner=owner,
        created_at=created_at,
        status=status,
        source=source,
        call_id=UUID(int=place // 40 + 1) if source == "recording" else None,
        deleted=kind is None and dice.random() < DELETED_SHARE,
        title=f"Call number {place}" if (kind and kind.has_title) or dice.random() < 0.3 else "",
        marks=_marks(kind, dice) if status == "completed" else "",
        spoken=dice.choice(texts) if status == "completed" else "",
    )


def common_words(count: int) -> dict[str, str]:
    """Return the most frequent words of a store of this size, and of them two of which no text is a phrase."""
    texts = _texts(random.Random(count))
    words = _words(random.Random(count))
    neighbours = {pair for text in texts for pair in pairwise(text.split())}
    # Those of the first few words all stand together somewhere, so these are a little less frequent.
    pairs = sorted(permutations(range(4 * FREQUENT), 2), key=sum)
    apart = next((words[one], words[two]) for one, two in pairs if (words[one], words[two]) not in neighbours)
    return {"frequent": " ".join(words[:FREQUENT]), "apart": " ".join(apart)}


def _words(dice: random.Random) -> list[str]:
    return ["".join(dice.choices(SYLLABLES, k=1 + place % 4)) + str(place % 7) for place in range(VOCABULARY)]


def _texts(dice: random.Random) -> list[str]:
    words = _words(dice)
    # Zipf's law: the n-th word is 1/n as frequent as the first.
    weights = list(accumulate(1 / (place + 1) for place in range(VOCABULARY)))
    return [" ".join(dice.choices(words, cum_weights=weights, k=WORDS)) for _ in range(TEXTS)]


def _marks(kind: _Kind | None, dice: random.Random) -> str:
    settled = kind.marks if kind else ()
    marks = [word for word, share in FREQUENCIES.items() if dice.random() < share and word not in settled]
    return " ".join([*settled, *marks])


def _uuid7(moment: datetime, dice: random.Random) -> UUID:
    milliseconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // MILLISECOND
    bits = dice.getrandbits(74)
    return UUID(int=milliseconds << 80 | 7 << 76 | (bits >> 62) << 64 | 2 << 62 | bits & (1 << 62) - 1)
