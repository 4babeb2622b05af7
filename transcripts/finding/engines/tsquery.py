"""Writing a question as PostgreSQL's tsquery."""

from collections.abc import Callable, Iterable

from transcripts.finding.engines.tsvector import CUT, TAG, cut_word
from transcripts.finding.questions import Alternative, Phrase, Question


def tsquery(question: Question, tags: Iterable[str]) -> str:
    """Return the literal for all that may match; words and tags are made of characters that need no escaping."""
    alternatives = _any(_alternative(found, _loosely, _strictly) for found in question.alternatives)
    return _all([*(f"'{TAG}{tag}'" for tag in tags), alternatives])


def tsquery_of_sure(question: Question) -> str:
    """Return the literal for what certainly matches, whatever positions were lost."""
    return _any(_alternative(found, _strictly, _loosely) for found in question.alternatives)


def any_of(quotable: Iterable[str]) -> str:
    """Return the query for any of some words or tags."""
    return _any(f"'{word}'" for word in quotable)


def _alternative(alternative: Alternative, wanted: Callable[[Phrase], str], unwanted: Callable[[Phrase], str]) -> str:
    return _all([*map(wanted, alternative.wanted), *(f"!{unwanted(phrase)}" for phrase in alternative.unwanted)])


def _loosely(phrase: Phrase) -> str:
    """Return the query for a phrase; its words in any order will do where one of them may have lost a position."""
    if len(phrase) == 1:
        return _strictly(phrase)
    words = dict.fromkeys(phrase)
    cut = any_of([CUT, *map(cut_word, words)])
    anywhere = _all([cut, *(f"'{word}'" for word in words)])
    return _any([_strictly(phrase), anywhere])


def _strictly(phrase: Phrase) -> str:
    return "(" + " <-> ".join(f"'{word}'" for word in phrase) + ")"


def _all(parts: Iterable[str]) -> str:
    return "(" + " & ".join(parts) + ")"


def _any(parts: Iterable[str]) -> str:
    return "(" + " | ".join(parts) + ")"
