"""Fields that take JSON of exactly one type and give it back as it came."""

from collections.abc import Collection, Mapping
from typing import Any

from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

MOST_UNKNOWN = 100
NOT_BLANK = (r"\S", "blank", "This field may not be blank.")


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


class TextField(StrictCharField):
    """A JSON string that says something, with the white space around it.

    `like` is the regular expression, code and sentence of a further rule; as a validator it stands in the description.
    """

    def __init__(self, *, like: tuple[str, str, str] = NOT_BLANK, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)
        pattern, code, message = like
        self.validators.append(RegexValidator(pattern, message, code))


class StrictListField(serializers.ListField):
    """A list whose length is looked at first: half a million faults in it take long to tell."""

    default_error_messages = {"too_long": "This may have up to {max_length} entries."}

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list) and self.max_length is not None and len(data) > self.max_length:
            self.fail("too_long", max_length=self.max_length)
        return super().to_internal_value(data)


def text_list(*, longest: int, most: int, **kwargs: Any) -> StrictListField:
    """Make a field for one to `most` strings of up to `longest` characters."""
    return StrictListField(child=TextField(max_length=longest), min_length=1, max_length=most, **kwargs)


def choice(meanings: Mapping[str, str], **kwargs: Any) -> serializers.ChoiceField:
    """Make a field for one of a few words that the protocol fixes; each comes with what it means."""
    return serializers.ChoiceField(list(meanings.items()), **kwargs)


@extend_schema_field({"type": "object", "additionalProperties": {}})
class JsonObjectField(serializers.Field[Any, Any, Any, Any]):
    """A JSON object with any names in it."""

    default_error_messages = {"invalid": "This must be a JSON object."}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field({})
class AnyJsonField(serializers.Field[Any, Any, Any, Any]):
    """Whatever JSON can say, null too."""

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        # `allow_null` would be described as either null or anything, which null is twice.
        return (True, None) if data is None else super().validate_empty_values(data)

    def to_internal_value(self, data: Any) -> Any:
        return data

    def to_representation(self, value: Any) -> Any:
        return value


def refuse_unknown_names(data: Mapping[str, Any], allowed: Collection[str], sentence: str) -> None:
    """Raise ValidationError naming what is not allowed, and what is. A hundred names are enough to tell."""
    if unknown := sorted(set(data) - set(allowed))[:MOST_UNKNOWN]:
        detail = f"{sentence} Allowed are: {', '.join(sorted(allowed))}."
        raise serializers.ValidationError({name: [detail] for name in unknown}, code="unknown")
