"""Which of many matches is best: words in the title before words in the text, more hits before fewer."""

from collections.abc import Iterable
from itertools import accumulate

TITLE, TEXT = 1.0, 0.1
# As many of a word's hits as PostgreSQL keeps.
MOST_HITS = 256
BASEL = 1.64493406685
_SHARES = [0.0, *accumulate(1 / (place * place) for place in range(1, MOST_HITS + 1))]


def score(title: str, text: str, words: Iterable[str]) -> float:
    """Return what PostgreSQL's `ts_rank` gives for any of the words, so that both databases order alike.

    Title and text are words parted by single spaces.

    The hits of a word count one after the other, the n-th of them 1/n². FTS5's own `bm25` would first count how many
    texts hold each word, and so cost more the more there are.
    """
    # Counting in one string takes half the time that parting it into words takes.
    title, text = (f" {part} ".replace(" ", "  ") for part in (title, text))
    found = [_score_of_word(title.count(f" {word} "), text.count(f" {word} ")) for word in words]
    return sum(found) / len(found)


def _score_of_word(in_title: int, in_text: int) -> float:
    in_title = min(in_title, MOST_HITS)
    hits = min(in_title + in_text, MOST_HITS)
    return (TITLE * _SHARES[in_title] + TEXT * (_SHARES[hits] - _SHARES[in_title])) / BASEL
