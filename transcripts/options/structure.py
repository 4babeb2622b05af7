"""What objects of options have in common: names that are known, deprecated or the operator's, and rules across them."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django.conf import settings
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from api_project.rest.strict_fields import refuse_unknown_names
from transcripts.options.fields import AnyJsonField

# The name of a field, a code for programs, and a sentence.
Fault = tuple[str, str, str]


class OptionsObject(serializers.Serializer[Any]):
    """An object of which every name is known. Names the operator added are taken with any value."""

    # Where the object stands within the options, dots between names.
    path: ClassVar[str] = ""
    # Names of the provider's that are out of use, and what took their place.
    deprecated: ClassVar[Mapping[str, str]] = {}
    # Names that mean nothing unless another one is given.
    needs: ClassVar[Mapping[str, str]] = {}

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        return {name: _passed_on() for name in self._extra_names()} | fields

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            self._refuse_names(data)
        return super().to_internal_value(data)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        faults = {name: [ErrorDetail(text, code)] for name, code, text in self.contradictions(attrs)}
        if faults:
            raise serializers.ValidationError(faults)
        return attrs

    def contradictions(self, given: Mapping[str, Any]) -> Iterator[Fault]:
        """Yield what cannot be meant. A subclass adds its own and calls this one."""
        for name, needed in self.needs.items():
            # `false` asks for nothing, so it needs nothing; 0 and {} do.
            if name in given and given[name] is not False and not given.get(needed):
                yield name, "conflict", f"This needs `{needed}`."

    def _extra_names(self) -> Iterator[str]:
        for name in settings.ASSEMBLYAI_EXTRA_OPTIONS:
            parent, _, own = name.rpartition(".")
            if parent == self.path:
                yield own

    def _refuse_names(self, data: Mapping[str, Any]) -> None:
        known = self.fields
        deprecated = {
            name: [ErrorDetail(f"This is deprecated; use `{successor}`.", "deprecated")]
            for name, successor in self.deprecated.items()
            if name in data and name not in known
        }
        if deprecated:
            raise serializers.ValidationError(deprecated)
        refuse_unknown_names(data, known, "There is no option of this name.")


def _passed_on() -> AnyJsonField:
    return AnyJsonField(required=False, help_text="Passed on to the provider as it is.")
