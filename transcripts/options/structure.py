"""What objects of options have in common: names that are known, deprecated or the operator's, and rules across them."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django.conf import settings
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from api_project.rest.strict_objects import Fault, StrictSerializer
from transcripts.options.fields import AnyJsonField

__all__ = ["Fault", "OptionsObject"]


class OptionsObject(StrictSerializer):
    """An object of which every name is known. Names the operator added are taken with any value."""

    unknown_name = "There is no option of this name."
    # Where the object stands within the options, dots between names.
    path: ClassVar[str] = ""
    # Names of the provider's that are out of use, and what took their place.
    deprecated: ClassVar[Mapping[str, str]] = {}
    # Names that are the service's own, or stand elsewhere, and why.
    not_here: ClassVar[Mapping[str, str]] = {}
    # Names that mean nothing unless another one is given.
    needs: ClassVar[Mapping[str, str]] = {}

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        return {name: _passed_on() for name in self._extra_names()} | fields

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

    def refused_names(self, data: Mapping[str, Any]) -> Iterator[Fault]:
        for name in sorted(set(data) - set(self.fields)):
            if successor := self.deprecated.get(name):
                yield name, "deprecated", f"This is deprecated; use `{successor}`."
            elif reason := self.not_here.get(name):
                yield name, "unknown", reason


def _passed_on() -> AnyJsonField:
    return AnyJsonField(required=False, help_text="Passed on to the provider as it is.")
