"""Fields of JSON that take what they are for, and nothing that merely looks like it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from rest_framework import serializers

MOST_UNKNOWN = 100


class StrictBooleanField(serializers.BooleanField):
    """True or false and nothing that merely looks like it."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class StrictIntegerField(serializers.IntegerField):
    """A JSON number without a fraction."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictNumberField(serializers.FloatField):
    """A JSON number; a whole one stays whole."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        return data


class StrictCharField(serializers.CharField):
    """A JSON string."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictListField(serializers.ListField):
    """A list whose length is looked at first: half a million faults in it take long to tell."""

    default_error_messages = {"too_long": "This may have up to {max_length} entries."}

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list) and self.max_length is not None and len(data) > self.max_length:
            self.fail("too_long", max_length=self.max_length)
        return super().to_internal_value(data)


class StrictDateTimeField(serializers.DateTimeField):
    """A moment as RFC 3339 has it: a JSON string with date, time and offset."""

    default_error_messages = {"invalid": "This must be a time like 2026-11-22T17:00:00Z, with its offset from UTC."}

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str) or not _has_offset(value):
            self.fail("invalid")
        return super().to_internal_value(value)


def _has_offset(text: str) -> bool:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return False
    return moment is not None and moment.tzinfo is not None


def refuse_unknown_names(data: Mapping[str, Any], allowed: Collection[str], sentence: str) -> None:
    """Raise ValidationError naming what is not allowed, and what is. A hundred names are enough to tell."""
    if unknown := sorted(set(data) - set(allowed))[:MOST_UNKNOWN]:
        detail = f"{sentence} Allowed are: {', '.join(sorted(allowed))}."
        raise serializers.ValidationError({name: [detail] for name in unknown}, code="unknown")
