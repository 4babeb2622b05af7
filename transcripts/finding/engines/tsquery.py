"""Writing a question as PostgreSQL's tsquery."""

from collections.abc import Iterable

from transcripts.finding.engines.tsvector import CUT, TAG
from transcripts.finding.questions import Alternative, Phrase, Question


def tsquery(question: Question, tags: Iterable[str]) -> str:
    """Return the literal; words and tags are made of characters that need no escaping."""
    alternatives = " | ".join(_alternative(found) for found in question.alternatives)
    return _all([*(f"'{TAG}{tag}'" for tag in tags), f"({alternatives})"])


def any_of(quotable: Iterable[str]) -> str:
    """Return the query for any of some words or tags."""
    return "(" + " | ".join(f"'{word}'" for word in quotable) + ")"


def _alternative(alternative: Alternative) -> str:
    wanted = [_wanted(phrase) for phrase in alternative.wanted]
    return _all([*wanted, *(f"!{_phrase(phrase)}" for phrase in alternative.unwanted)])


def _wanted(phrase: Phrase) -> str:
    if len(phrase) == 1:
        return _phrase(phrase)
    # Where a text was too long for all positions, better too much is found than too little.
    anywhere = _all(f"'{word}'" for word in (CUT, *phrase))
    return f"({_phrase(phrase)} | {anywhere})"


def _phrase(phrase: Phrase) -> str:
    return "(" + " <-> ".join(f"'{word}'" for word in phrase) + ")"


def _all(parts: Iterable[str]) -> str:
    return "(" + " & ".join(parts) + ")"
