"""JSON objects of which every name is known, and whose faults are told all at once."""

from collections.abc import Iterator, Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

# The name of a field, a code for programs, and a sentence.
Fault = tuple[str, str, str]
# A hundred names are enough to tell.
MOST_UNKNOWN = 100


class StrictSerializer(serializers.Serializer[Any]):
    """A JSON object. What it is told for names that it does not know stands beside what is wrong with the others."""

    unknown_name = "There is no such field."
    default_error_messages = {"invalid": "This must be a JSON object."}

    def run_validation(self, data: Any = serializers.empty) -> Any:
        faults: dict[str, Any] = dict(self._names_at_fault(data)) if isinstance(data, Mapping) else {}
        try:
            value = super().run_validation(data)
        except serializers.ValidationError as exc:
            if not isinstance(exc.detail, dict):
                raise
            # Few fields are known, and what may be thousands of others comes after them.
            faults = {**exc.detail, **{name: told for name, told in faults.items() if name not in exc.detail}}
        if faults:
            raise serializers.ValidationError(faults)
        return value

    def allowed_names(self) -> list[str]:
        """Return the names to tell whoever gave another one."""
        return sorted(self.fields)

    def refused_names(self, data: Mapping[str, Any]) -> Iterator[Fault]:
        """Yield those names that are refused for a reason of their own. A subclass may have some."""
        return iter(())

    def _names_at_fault(self, data: Mapping[str, Any]) -> Iterator[tuple[str, list[ErrorDetail]]]:
        refused = {name: [ErrorDetail(text, code)] for name, code, text in self.refused_names(data)}
        yield from refused.items()
        detail = f"{self.unknown_name} Allowed are: {', '.join(self.allowed_names())}."
        for name in sorted(set(data) - set(self.fields) - set(refused))[:MOST_UNKNOWN]:
            yield name, [ErrorDetail(detail, "unknown")]
