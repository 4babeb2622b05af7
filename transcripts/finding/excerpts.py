"""The piece of a text that shows why it was found, its hits marked, as HTML.

A text may have 100,000 words, so it is not parted into words to find the few that matter: it is folded in chunks, which
is fast, until one seems to have a hit, and only that is looked at word by word.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from transcripts.applying import EXCERPT_LENGTH
from transcripts.finding.questions import Phrase, Question
from transcripts.finding.texts import read_texts
from transcripts.finding.tokens import BREAK, LONGEST_TOKEN, UNSPACED_TOKEN, WORD, fold, located_tokens
from transcripts.models import SearchEntry, Status, Transcript

# Characters; a chunk goes on to the end of a word.
CHUNK = 500
# So much is shown before the first hit.
LEAD = 60


@dataclass(frozen=True)
class _Piece:
    begin: int
    end: int


def mark_hits(transcripts: Sequence[Transcript], question: Question) -> None:
    """Replace the excerpt of each transcript by one that shows what was searched for; it is safe HTML then."""
    completed = [transcript.pk for transcript in transcripts if transcript.status == Status.COMPLETED]
    entries = SearchEntry.objects.filter(transcript__in=completed)
    texts = read_texts(dict(entries.values_list("transcript_id", "words")))
    shown = {transcript_id: marked_excerpt(text, question.wanted) for transcript_id, _, text in texts}
    for transcript in transcripts:
        transcript.excerpt = shown.get(transcript.pk, "")


def marked_excerpt(text: str, phrases: Collection[Phrase]) -> SafeString:
    """Return the piece of a text around its first hit as HTML; the beginning where there is none."""
    hit = _first_hit(text, phrases)
    piece = _around(text, hit.begin if hit else 0)
    html, shown = "…" if piece.begin else "", piece.begin
    looked_at = _Piece(piece.begin, _end_of_word(text, piece.end + _reach(phrases)))
    for found in _hits(text, looked_at, phrases) if hit else ():
        begin, end = max(found.begin, shown), min(found.end, piece.end)
        if begin < end:
            html += f"{escape(text[shown:begin])}<mark>{escape(text[begin:end])}</mark>"
            shown = end
    html += escape(text[shown : piece.end]) + ("…" if piece.end < len(text) else "")
    return mark_safe(html)  # noqa: S308 - every piece of the text is escaped above


def _first_hit(text: str, phrases: Collection[Phrase]) -> _Piece | None:
    may_be_hit = _pattern({phrase[0] for phrase in phrases})
    begin = 0
    while begin < len(text):
        end = _end_of_word(text, begin + CHUNK)
        if may_be_hit.search(fold(text[begin:end])):
            looked_at = _Piece(begin, _end_of_word(text, end + _reach(phrases)))
            hit = next(_hits(text, looked_at, phrases), None)
            if hit:
                return hit
        begin = end
    return None


def _reach(phrases: Collection[Phrase]) -> int:
    """Return how far behind a piece of text is to be read, because a phrase may go on there."""
    return CHUNK if any(len(phrase) > 1 for phrase in phrases) else 0


def _pattern(words: Collection[str]) -> re.Pattern[str]:
    """Return what finds the words in folded text, and little else."""
    found = []
    for word in words:
        is_whole = not UNSPACED_TOKEN.match(word)
        end = f"(?!{WORD})" if is_whole and len(word) < LONGEST_TOKEN else ""
        found.append((f"(?<!{WORD})" if is_whole else "") + re.escape(word) + end)
    # Without words nothing is found.
    return re.compile("|".join(found) or r"(?!)")


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
    """Return the end of the word that a place is in."""
    parted = BREAK.search(text, place) if place < len(text) else None
    return parted.start() if parted else len(text)
