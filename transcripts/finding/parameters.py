"""Reading what a list is asked for: each parameter strictly, and refused by name."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from api_project.rest.query_fields import ChoicesField, IdField, MomentField
from api_project.rest.strict_fields import StrictChoiceField
from transcripts.finding.filters import Filters
from transcripts.finding.lists import Wanted
from transcripts.finding.questions import LONGEST_QUESTION, Question, QuestionProblem, read_question
from transcripts.models import Source, Status

NEWEST, RELEVANCE = "newest", "relevance"
ORDERS = (NEWEST, RELEVANCE)
FILTERS = ("status", "source", "call", "created_after", "created_before", "search", "order")


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

    status = ChoicesField(Status.values, required=False)
    source = StrictChoiceField(Source.choices, required=False)  # type: ignore[assignment]
    call = IdField(required=False)
    created_after = MomentField(required=False)
    created_before = MomentField(required=False)
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
