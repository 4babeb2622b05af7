"""What somebody searches for, read once for both databases.

The manner is that of PostgreSQL's `websearch_to_tsquery` and of search engines: words that must all be there, `"words
in this order"`, `or` between alternatives, `-without`. Whatever else is written counts as words, so there is no error
of syntax. A word of which `tokens` makes several is a phrase.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from transcripts.finding.tokens import fold, tokens

LONGEST_QUESTION = 500
MOST_WORDS = 50
NO_WORDS = "There is no word in it to search for; letters or digits make one."
TOO_MANY_WORDS = f"There are more than {MOST_WORDS} words in it."

_PART = re.compile(r'(-?)"([^"]*)"?|([^\s"]+)')
_QUOTES = str.maketrans("“”„«»", '"""""')

Phrase = tuple[str, ...]


class QuestionProblem(ValueError):
    """It cannot be searched for; the message says why."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass(frozen=True)
class Alternative:
    """Phrases of which all of the first must be there, and none of the others. A single word is a phrase of one."""

    wanted: tuple[Phrase, ...]
    unwanted: tuple[Phrase, ...]


@dataclass(frozen=True)
class Question:
    """Alternatives of which one must hold."""

    alternatives: tuple[Alternative, ...]

    @property
    def wanted(self) -> tuple[Phrase, ...]:
        """Return all phrases that make a hit, each once."""
        return tuple(dict.fromkeys(phrase for found in self.alternatives for phrase in found.wanted))

    @property
    def has_phrases(self) -> bool:
        """Tell whether it matters anywhere in which order words stand."""
        phrases = (phrase for found in self.alternatives for phrase in (*found.wanted, *found.unwanted))
        return any(len(phrase) > 1 for phrase in phrases)


@dataclass(frozen=True)
class _Part:
    phrase: Phrase
    unwanted: bool = False
    may_be_or: bool = False


def read_question(text: str) -> Question:
    """Return what is searched for. Raises `QuestionProblem` when there is no word in it, or too many."""
    parts = list(_parts(fold(text.translate(_QUOTES))))
    if not parts:
        raise QuestionProblem("empty", NO_WORDS)
    if sum(len(part.phrase) for part in parts) > MOST_WORDS:
        raise QuestionProblem("too_many_words", TOO_MANY_WORDS)
    return Question(tuple(_alternative(group) for group in _groups(parts)))


def _parts(text: str) -> Iterator[_Part]:
    for minus, quoted, bare in _PART.findall(text):
        phrase = tuple(tokens(bare or quoted))
        if phrase:
            yield _Part(phrase, unwanted=bool(minus) or bare.startswith("-"), may_be_or=bare == "or")


def _groups(parts: list[_Part]) -> Iterator[list[_Part]]:
    """Part at each `or` that stands between two others; anywhere else it is a word."""
    group: list[_Part] = []
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        if part.may_be_or and group and following and not following.may_be_or:
            yield group
            group = []
        else:
            group.append(part)
    yield group


def _alternative(parts: list[_Part]) -> Alternative:
    wanted = dict.fromkeys(part.phrase for part in parts if not part.unwanted)
    unwanted = dict.fromkeys(part.phrase for part in parts if part.unwanted)
    return Alternative(tuple(wanted), tuple(unwanted))
