"""Reading what a list is asked for: each parameter strictly, and refused by name."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from rest_framework import serializers

from api_project.rest.strict_fields import StrictChoiceField, read_moment
from transcripts.finding.filters import EPOCH, Filters
from transcripts.finding.lists import Wanted
from transcripts.finding.questions import LONGEST_QUESTION, Question, QuestionProblem, read_question
from transcripts.models import Source, Status

NEWEST, RELEVANCE = "newest", "relevance"
ORDERS = (NEWEST, RELEVANCE)
FILTERS = ("status", "source", "call", "created_after", "created_before", "search", "order")

_NOT_RFC3339 = "This must be a time with its zone, like 2026-11-22T17:00:00Z; in an address `+` is written `%2B`."
_NOT_STATUSES = f"This must be one or several, parted by commas, of: {', '.join(Status.values)}."
_YEAR_ZERO, _YEAR_FOUR = "0000-", "0004-"


class _StatusesField(serializers.Field[tuple[str, ...], str, str, Any]):
    """One status, or several parted by commas."""

    default_error_messages = {"invalid_choice": _NOT_STATUSES}

    def to_internal_value(self, data: str) -> tuple[str, ...]:
        statuses = set(data.split(","))
        if not statuses <= set(Status.values):
            self.fail("invalid_choice")
        # All of them are no filter.
        return () if len(statuses) == len(Status) else tuple(sorted(statuses))


class _TimeField(serializers.Field[datetime, str, datetime, Any]):
    """A time as RFC 3339 writes it; those before 1970 are all the same to us."""

    default_error_messages = {"invalid": _NOT_RFC3339}

    def to_internal_value(self, data: str) -> datetime:
        if data.startswith(_YEAR_ZERO):
            # RFC 3339 has this year, and Python has not; both are leap years.
            data = data.replace(_YEAR_ZERO, _YEAR_FOUR, 1)
        try:
            moment = read_moment(data)
        except ValueError:
            self.fail("invalid")
        try:
            return max(moment.astimezone(UTC), EPOCH)
        except OverflowError:
            # The first or last hours that there are, in another zone.
            return EPOCH if moment.year < EPOCH.year else datetime.max.replace(tzinfo=UTC)


class _IdField(serializers.UUIDField):
    """An id as we write it."""

    def to_internal_value(self, data: Any) -> UUID:
        found = super().to_internal_value(data)
        if str(found) != data.lower():
            self.fail("invalid", value=data)
        return found


class _SearchField(serializers.Field[Question, str, str, Any]):
    """A question in words."""

    default_error_messages = {"too_long": f"This must have no more than {LONGEST_QUESTION} characters."}

    def to_internal_value(self, data: str) -> Question:
        if len(data) > LONGEST_QUESTION:
            self.fail("too_long")
        try:
            return read_question(data)
        except QuestionProblem as exc:
            raise serializers.ValidationError(str(exc), code=exc.code) from exc


class FindSerializer(serializers.Serializer[Any]):
    """The parameters of a list."""

    status = _StatusesField(required=False)
    source = StrictChoiceField(Source.choices, required=False)  # type: ignore[assignment]
    call = _IdField(required=False)
    created_after = _TimeField(required=False)
    created_before = _TimeField(required=False)
    search = _SearchField(required=False)
    order = StrictChoiceField(ORDERS, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("order") == RELEVANCE and "search" not in attrs:
            problem = serializers.ErrorDetail(
                "Only what is searched for has a relevance; give `search` too.", "needs_search"
            )
            raise serializers.ValidationError({"order": [problem]})
        return attrs


def read_wanted(parameters: Mapping[str, str]) -> Wanted:
    """Return what is asked for. Raises DRF's ValidationError, with every parameter at fault."""
    serializer = FindSerializer(data={name: parameters[name] for name in FILTERS if name in parameters})
    serializer.is_valid(raise_exception=True)
    given = serializer.validated_data
    question: Question | None = given.get("search")
    filters = Filters(
        statuses=given.get("status", ()),
        source=given.get("source"),
        call=given.get("call"),
        created_after=given.get("created_after"),
        created_before=given.get("created_before"),
    )
    return Wanted(filters, question, best_first=given.get("order") == RELEVANCE)
