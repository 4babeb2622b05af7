"""The list of earlier transcripts, page by page from the newest, and what somebody looks for in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.models import User
from django.http import Http404

from api_project.rest.pagination import Cursor, Span
from transcripts.exceptions import SearchTooSlow
from transcripts.finding.excerpts import mark_hits
from transcripts.finding.filters import Filters
from transcripts.finding.lists import Wanted, transcripts_found
from transcripts.finding.questions import LONGEST_QUESTION, Question, QuestionProblem, read_question
from transcripts.models import Status, Transcript

PAGE_SIZE = 20
TOO_SLOW = "Looking for this takes too long here; look for rarer words."
TOO_LONG = f"That is too long to search for; {LONGEST_QUESTION} characters are the most."


@dataclass(frozen=True)
class Asked:
    """What the address of the page says: words to look for, a status, and where the page begins."""

    words: str = ""
    status: str = ""
    before: UUID | None = None

    @property
    def narrows(self) -> bool:
        return bool(self.words or self.status)

    def address(self, *, before: UUID | None) -> str:
        """Return the address of another page of the same list."""
        parameters = {"search": self.words, "status": self.status, "before": before}
        given = {name: value for name, value in parameters.items() if value}
        return f"?{urlencode(given)}" if given else "/"


@dataclass(frozen=True)
class ListPage:
    """Some transcripts, newest first; `older` is where the next page begins, None on the last."""

    transcripts: list[Transcript] = field(default_factory=list)
    older: UUID | None = None
    problem: str = ""


def read_asked(parameters: Mapping[str, str]) -> Asked:
    """Return what is asked for. Raises Http404 for a place that no link of ours leads to."""
    status = parameters.get("status", "")
    return Asked(
        words=parameters.get("search", "").strip(),
        status=status if status in Status.values else "",
        before=_place(parameters.get("before", "")),
    )


def list_page(*, owner: User, asked: Asked) -> ListPage:
    """Return the owner's newest transcripts that are asked for, with hits marked as HTML where words are looked for."""
    try:
        question = _question(asked.words)
    except QuestionProblem as exc:
        return ListPage(problem=str(exc))
    wanted = Wanted(Filters((asked.status,) if asked.status else ()), question)
    found = transcripts_found(owner=owner, wanted=wanted)
    # One more than is shown tells whether there are any beyond.
    span = Cursor(asked.before.int).span if asked.before else Span()
    try:
        rows = list(found.fetch(span, limit=PAGE_SIZE + 1, oldest_first=False))
    except SearchTooSlow:
        return ListPage(problem=TOO_SLOW)
    shown = rows[:PAGE_SIZE]
    mark_hits(shown, wanted)
    older = UUID(int=found.position(shown[-1])) if len(rows) > PAGE_SIZE else None
    return ListPage(shown, older)


def _question(words: str) -> Question | None:
    if len(words) > LONGEST_QUESTION:
        raise QuestionProblem("too_long", TOO_LONG)
    return read_question(words) if words else None


def _place(text: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as exc:
        raise Http404 from exc
