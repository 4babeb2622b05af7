"""Fields of options that say more about their values than their type."""

from collections.abc import Mapping
from typing import Any

from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api_project.rest.strict_fields import StrictCharField, StrictChoiceField, StrictListField

NOT_BLANK = (r"\S", "blank", "This field may not be blank.")


class TextField(StrictCharField):
    """A JSON string that says something, with the white space around it.

    `like` is the regular expression, code and sentence of a further rule; as a validator it stands in the description.
    """

    def __init__(self, *, like: tuple[str, str, str] = NOT_BLANK, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)
        pattern, code, message = like
        self.validators.append(RegexValidator(pattern, message, code))


def text_list(*, longest: int, most: int, **kwargs: Any) -> StrictListField:
    """Make a field for one to `most` strings of up to `longest` characters."""
    return StrictListField(child=TextField(max_length=longest), min_length=1, max_length=most, **kwargs)


def choice(meanings: Mapping[str, str], **kwargs: Any) -> StrictChoiceField:
    """Make a field for one of a few words that the protocol fixes; each comes with what it means."""
    return StrictChoiceField(list(meanings.items()), **kwargs)


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
