"""Parameters that lists are narrowed down by; each takes what it is for, and nothing that merely looks like it."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from rest_framework import serializers

from api_project.rest.id_times import EPOCH
from api_project.rest.strict_fields import read_moment

_NOT_RFC3339 = "This must be a time with its zone, like 2026-11-22T17:00:00Z; in an address `+` is written `%2B`."
_YEAR_ZERO, _YEAR_FOUR = "0000-", "0004-"


class ChoicesField(serializers.Field[tuple[str, ...], str, str, Any]):
    """One of these, or several parted by commas; all of them are no filter."""

    default_error_messages = {"invalid_choice": "This must be one or several, parted by commas, of: {allowed}."}

    def __init__(self, allowed: Collection[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._allowed = allowed

    def to_internal_value(self, data: str) -> tuple[str, ...]:
        given = set(data.split(","))
        if not given <= set(self._allowed):
            self.fail("invalid_choice", allowed=", ".join(self._allowed))
        return () if len(given) == len(self._allowed) else tuple(sorted(given))


class MomentField(serializers.Field[datetime, str, datetime, Any]):
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


class IdField(serializers.UUIDField):
    """An id as we write it."""

    def to_internal_value(self, data: Any) -> UUID:
        found = super().to_internal_value(data)
        if str(found) != data.lower():
            self.fail("invalid", value=data)
        return found
