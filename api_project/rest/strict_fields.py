"""Fields of JSON that take what they are for, and nothing that merely looks like it; and say so in JSON's words."""

import re
from datetime import datetime
from typing import Any

from django.core.validators import RegexValidator
from rest_framework import serializers

# Control characters and line ends, what nobody sees, and what turns the text around it. Marks of direction stay.
ONE_LINE = r"^[^\u0000-\u001f\u007f-\u009f\u200b\u2028-\u202e\u2060-\u2069\ufeff]*$"
one_line = RegexValidator(
    ONE_LINE,
    "This may hold no control characters, line ends, characters without a width, or ones that turn the text around.",
    "unprintable",
)
# https://www.rfc-editor.org/rfc/rfc3339#section-5.6
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def read_moment(text: str) -> datetime:
    """Return the moment that a text names as RFC 3339 does, with its offset. Raises ValueError for any other text."""
    if not _RFC3339.fullmatch(text):
        raise ValueError("This is not as RFC 3339 has it.")
    return datetime.fromisoformat(text.upper())


class StrictBooleanField(serializers.BooleanField):
    """True or false and nothing that merely looks like it."""

    default_error_messages = {"invalid": "This must be true or false."}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class StrictIntegerField(serializers.IntegerField):
    """A JSON number without a fraction."""

    default_error_messages = {"invalid": "This must be a whole number."}

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictNumberField(serializers.FloatField):
    """A JSON number; a whole one stays whole."""

    default_error_messages = {"invalid": "This must be a number."}

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        return data


class StrictCharField(serializers.CharField):
    """A JSON string."""

    default_error_messages = {
        "invalid": "This must be a text.",
        "max_length": "This may have up to {max_length} characters.",
    }

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictNameField(StrictCharField):
    """A name for people, which is shown in one line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(one_line)


class StrictChoiceField(serializers.ChoiceField):
    """One of a few words; what is none of them is told which there are."""

    default_error_messages = {"invalid_choice": "This must be one of: {allowed}."}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", allowed=", ".join(map(str, self.choices)))
        return super().to_internal_value(data)


class StrictListField(serializers.ListField):
    """A list whose length is looked at first: half a million faults in it take long to tell."""

    default_error_messages = {
        "not_a_list": "This must be a list.",
        "too_long": "This may have up to {max_length} entries.",
        "min_length": "This must have {min_length} or more entries.",
    }

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list) and self.max_length is not None and len(data) > self.max_length:
            self.fail("too_long", max_length=self.max_length)
        return super().to_internal_value(data)


class StrictDateTimeField(serializers.DateTimeField):
    """A moment as RFC 3339 has it: a JSON string with date, time and offset."""

    default_error_messages = {
        "invalid": "This must be a time like 2026-11-22T17:00:00Z, with its offset from UTC.",
        "overflow": "This time is out of range: in UTC it is before the year 1 or after the year 9999.",
    }

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str):
            self.fail("invalid")
        try:
            moment = read_moment(value)
        except ValueError:
            self.fail("invalid")
        return super().to_internal_value(moment)
