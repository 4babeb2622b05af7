"""The piece of a text that shows why it was found, its hits marked, as HTML.

A text may have 100,000 words, so it is not parted into words to find the few that matter: it is folded in chunks, which
is fast, until one seems to have a hit, and only that is looked at word by word. And a page may have a hundred such
texts, so only so much is looked at for it all, and only within the time of the search.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from transcripts.applying import EXCERPT_LENGTH
from transcripts.finding.engines.base import Deadline
from transcripts.finding.holding import GAP, REST
from transcripts.finding.lists import Wanted
from transcripts.finding.questions import Phrase
from transcripts.finding.texts import read_texts
from transcripts.finding.tokens import (
    BREAK,
    LONGEST_TOKEN,
    MARK,
    UNSPACED,
    UNSPACED_TOKEN,
    WORD,
    fold,
    located_tokens,
)
from transcripts.models import SearchEntry, Status, Transcript

# Characters; a chunk goes on to the end of a word, unless that is as long again.
CHUNK = 500
# So much is shown before the first hit.
LEAD = 60
# Characters that are looked at for one page: about 36 hours of English, and a tenth of a second at most.
MOST_CHARACTERS = 2_000_000
# To part into words takes so many times as long as to look for them.
PARTING_COSTS = 10
# What may stand between the words of a phrase, and still they are found where a chunk ends between them.
MOST_BETWEEN = 100
END_OF_WORD = re.compile(rf"{BREAK.pattern}|(?=\w)[{UNSPACED}]")


@dataclass(frozen=True)
class _Piece:
    begin: int
    end: int


class Budget:
    """What may still be looked at for one page. The same page has the same hits, unless the search was slow."""

    def __init__(self, deadline: Deadline) -> None:
        self._characters = MOST_CHARACTERS
        self._deadline = deadline

    @property
    def is_used_up(self) -> bool:
        return self._characters <= 0 or self._deadline.left <= 0

    def spend(self, characters: int) -> None:
        self._characters -= characters


def mark_hits(transcripts: Sequence[Transcript], wanted: Wanted) -> None:
    """Replace the excerpts of transcripts by ones that show what was searched for; these are safe HTML then.

    Where the text has no hit, or lies beyond what is looked at, it stays the beginning of the text.
    """
    phrases = wanted.question.wanted if wanted.question else ()
    if not phrases:
        return
    budget = Budget(wanted.deadline)
    completed = {transcript.pk: transcript for transcript in transcripts if transcript.status == Status.COMPLETED}
    words = dict(SearchEntry.objects.filter(transcript__in=completed).values_list("transcript_id", "words"))
    # In the order of the page, so that it is always the same ones that go without.
    for transcript_id, _, text in read_texts({pk: words[pk] for pk in completed if pk in words}):
        if excerpt := marked_excerpt(text, phrases, budget):
            completed[transcript_id].excerpt = excerpt
        if budget.is_used_up:
            return


def marked_excerpt(text: str, phrases: Collection[Phrase], budget: Budget) -> SafeString | None:
    """Return the piece of a text around its first hit as HTML; None where none is found within the budget."""
    hit = _first_hit(text, phrases, budget)
    if hit is None:
        return None
    piece = _around(text, hit.begin)
    html, shown = "…" if piece.begin else "", piece.begin
    looked_at = _Piece(piece.begin, _end_of_word(text, piece.end + _reach(phrases)))
    for found in _hits(text, looked_at, phrases):
        begin, end = max(found.begin, shown), min(found.end, piece.end)
        if begin < end:
            html += f"{escape(text[shown:begin])}<mark>{escape(text[begin:end])}</mark>"
            shown = end
    html += escape(text[shown : piece.end]) + ("…" if piece.end < len(text) else "")
    return mark_safe(html)  # noqa: S308 - every piece of the text is escaped above


def _first_hit(text: str, phrases: Collection[Phrase], budget: Budget) -> _Piece | None:
    may_be_hit, reach = _pattern(tuple(phrases)), _reach(phrases)
    begin = 0
    while begin < len(text) and not budget.is_used_up:
        end = _end_of_word(text, begin + CHUNK)
        looked_at = _Piece(begin, _end_of_word(text, end + reach) if reach else end)
        length = looked_at.end - begin
        budget.spend(length)
        if may_be_hit.search(fold(text[begin : looked_at.end])):
            budget.spend(length * PARTING_COSTS)
            if hit := next(_hits(text, looked_at, phrases), None):
                return hit
        begin = end
    return None


def _reach(phrases: Collection[Phrase]) -> int:
    """Return how far behind a piece of text is to be read, because a phrase may go on there."""
    # A letter may be two characters in the text, one of them its accent.
    return max((2 * sum(map(len, phrase)) + MOST_BETWEEN for phrase in phrases if len(phrase) > 1), default=0)


@lru_cache(maxsize=64)
def _pattern(phrases: tuple[Phrase, ...]) -> re.Pattern[str]:
    """Return what finds the phrases in folded text, and next to nothing else."""
    whole = {phrase for phrase in phrases if _is_whole(phrase[0]) and _is_whole(phrase[-1])}
    found = [_written(phrase) for phrase in phrases if phrase not in whole]
    if whole:
        # What stands around is said once for all of them: these are large classes, and slow to compile.
        found.append(rf"(?<!{WORD})(?:{'|'.join(map(_written, whole))})(?!{WORD}|{MARK})")
    return re.compile("|".join(found))


def _is_whole(word: str) -> bool:
    """Tell whether a word stands in the text with no letter before it and none behind."""
    return len(word) < LONGEST_TOKEN and not UNSPACED_TOKEN.match(word)


def _written(phrase: Phrase) -> str:
    return GAP.join(re.escape(word) + (REST if len(word) == LONGEST_TOKEN else "") for word in phrase)


def _hits(text: str, piece: _Piece, phrases: Collection[Phrase]) -> Iterator[_Piece]:
    """Yield the places in a piece where a phrase stands, in order."""
    found = located_tokens(text[piece.begin : piece.end])
    words = tuple(word for word, _, _ in found)
    first_words = {phrase[0] for phrase in phrases}
    for place, (word, begin, _) in enumerate(found):
        if word not in first_words:
            continue
        lengths = [len(phrase) for phrase in phrases if words[place : place + len(phrase)] == phrase]
        if lengths:
            yield _Piece(piece.begin + begin, piece.begin + found[place + max(lengths) - 1][2])


def _around(text: str, place: int) -> _Piece:
    """Return the piece that is shown: whole words, unless one is longer than all."""
    begin = place - LEAD
    if begin > 0:
        parted = BREAK.search(text, begin, place)
        begin = parted.end() if parted else place
    begin = max(begin, 0)
    end = begin + EXCERPT_LENGTH
    if end >= len(text):
        return _Piece(begin, len(text))
    *_, last = [begin, *(parted.start() for parted in BREAK.finditer(text, begin, end))]
    return _Piece(begin, last if last > place else end)


def _end_of_word(text: str, place: int) -> int:
    """Return the end of the word that a place is in, or of as much of it as a chunk has."""
    if place >= len(text):
        return len(text)
    parted = END_OF_WORD.search(text, place, place + CHUNK)
    return parted.start() if parted else min(place + CHUNK, len(text))
