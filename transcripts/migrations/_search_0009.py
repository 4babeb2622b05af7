"""How 0009 writes entries of the search: a copy of what the service did then, which does not change when that does."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any
from uuid import UUID

RANDOM_BITS = 15


@dataclass(frozen=True)
class Document:
    number: int
    transcript_id: UUID
    owner_id: int
    title: Sequence[str]
    text: Sequence[str]
    tags: Sequence[str]

    @property
    def words(self) -> int:
        return len(self.title) + len(self.text)


def document_of(row: dict[str, Any]) -> Document:
    return Document(
        number=first_number(row["id"]),
        transcript_id=row["id"],
        owner_id=row["owner_id"],
        title=tokens(row["title"]),
        text=tokens(row["result__text"] or ""),
        tags=tags_of(row),
    )


def first_number(transcript_id: UUID) -> int:
    bits = transcript_id.int
    random = (bits >> 64 & 0xFFF) << 3 | bits >> 59 & 0b111
    return bits >> 80 << RANDOM_BITS | random


def tags_of(row: dict[str, Any]) -> list[str]:
    status = "completed" if row["status"] == "completed" else "open"
    found = [f"owner{row['owner_id']}", f"source{row['source']}", status]
    return [*found, f"call{row['call_id'].hex}"] if row["call_id"] else found


def insert(connection: Any, document: Document) -> bool:
    """Write an entry; False when its number or its transcript has one."""
    is_sqlite = connection.vendor == "sqlite"
    transcript_id = document.transcript_id.hex if is_sqlite else document.transcript_id
    values = [document.number, transcript_id, document.owner_id, document.words]
    with connection.cursor() as cursor:
        if not is_sqlite:
            cursor.execute(INSERT_POSTGRESQL, [*values, tsvector(document)])
            return bool(cursor.rowcount)
        cursor.execute(INSERT_SQLITE, values)
        if not cursor.rowcount:
            return False
        words = [" ".join(part) for part in (document.title, document.text, document.tags)]
        cursor.execute(INDEX_SQLITE, [*words, document.number])
    return True


INSERT_POSTGRESQL = (
    "INSERT INTO transcripts_searchentry (id, transcript_id, owner_id, words, tokens)"
    " VALUES (%s, %s, %s, %s, %s::tsvector) ON CONFLICT DO NOTHING"
)
INSERT_SQLITE = (
    "INSERT INTO transcripts_searchentry (id, transcript_id, owner_id, words) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT DO NOTHING"
)
INDEX_SQLITE = "INSERT INTO transcripts_searchindex (title, text, tags, rowid) VALUES (%s, %s, %s, %s)"

# --- Words ------------------------------------------------------------------------------------------------------------

# Longer ones are cut, in texts and questions alike; PostgreSQL takes 2,046 bytes.
LONGEST_TOKEN = 64
# Those that NFKD parts from Latin, Greek and Cyrillic letters. Others, like the vowels of Hindi, make another word.
ACCENTS = re.compile("[\u0300-\u036f]+")

# Han with Bopomofo and kana, Thai, Lao, Burmese, Khmer: written without spaces.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3041-\u3098\u309d-\u312f\u31a0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)


def _marks() -> str:
    """Return the marks of all scripts as the inside of a character class; `re` has no name for them."""
    codes = (*range(0x20000), *range(0xE0100, 0xE01F0))
    runs = groupby(codes, key=lambda code: unicodedata.category(chr(code))[0] == "M")
    found = [[chr(code) for code in run] for is_mark, run in runs if is_mark]
    return "".join(f"{run[0]}-{run[-1]}" for run in found)


_MARKS = _marks()
MARK = f"[{_MARKS}]"
WORD = rf"[^\W_{UNSPACED}]"
TOKEN = re.compile(rf"(?=\w)[{UNSPACED}]{MARK}*|{WORD}+(?:{MARK}+{WORD}*)*")
TOKEN_OF_ASCII = re.compile("[a-z0-9]+")


def fold(text: str) -> str:
    """Return a text as it is compared: without accents, case and width."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return ACCENTS.sub("", folded)


def tokens(text: str) -> list[str]:
    """Return the words of a text as they are compared, in order."""
    pattern = TOKEN_OF_ASCII if text.isascii() else TOKEN
    return [found[:LONGEST_TOKEN] for found in pattern.findall(fold(text))]


# --- PostgreSQL's tsvector --------------------------------------------------------------------------------------------

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
    """Return the literal that PostgreSQL takes."""
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
