"""Whether a text really holds what is searched for, where an index can only guess."""

import re
from functools import cached_property, lru_cache

from transcripts.finding.questions import Alternative, Phrase, Question
from transcripts.finding.tokens import LONGEST_TOKEN, MARK, fold, tokens

# What can stand between two words, and behind a word that was cut.
GAP = r"[\W_]*"
REST = rf"(?:\w|{MARK})*"


def holds(question: Question, title: str, text: str) -> bool:
    """Tell whether a transcript with this title and text is one that is searched for."""
    fields = [_Field(title), _Field(text)]
    return any(_is_such(fields, alternative) for alternative in question.alternatives)


class _Field:
    """A title or a text. It is parted into words only if a quick look finds something, since that takes a while."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._folded = fold(text)

    def has(self, phrase: Phrase) -> bool:
        return bool(_pattern(phrase).search(self._folded)) and f" {' '.join(phrase)} " in self._words

    @cached_property
    def _words(self) -> str:
        return f" {' '.join(tokens(self._text))} "


def _is_such(fields: list[_Field], alternative: Alternative) -> bool:
    return all(_any_has(fields, phrase) for phrase in alternative.wanted) and not any(
        _any_has(fields, phrase) for phrase in alternative.unwanted
    )


def _any_has(fields: list[_Field], phrase: Phrase) -> bool:
    return any(field.has(phrase) for field in fields)


@lru_cache(maxsize=256)
def _pattern(phrase: Phrase) -> re.Pattern[str]:
    """Return what matches wherever the phrase stands, and in few other places."""
    return re.compile(GAP.join(re.escape(word) + (REST if len(word) == LONGEST_TOKEN else "") for word in phrase))
