"""What goes in and comes out about API keys."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from api_project.rest.models import ApiKey
from api_project.rest.strict_fields import (
    StrictChoiceField,
    StrictDateTimeField,
    StrictIntegerField,
    StrictNameField,
)
from api_project.rest.strict_objects import StrictSerializer

MAX_NAME = 100
MAX_DAYS = 36_500
MAX_LIFE = timedelta(days=MAX_DAYS)
OUT_OF_RANGE = f"This must be later than now, and within {MAX_DAYS} days."


class ApiKeyCreateSerializer(StrictSerializer):
    """A new key. Without an end it is good until it is revoked."""

    name = StrictNameField(max_length=MAX_NAME, help_text="What it is for.")
    scope = StrictChoiceField(
        ApiKey.Scope.choices, default=ApiKey.Scope.WRITE, help_text="What it may do: `read` alone, or `write` as well."
    )
    expires_at = StrictDateTimeField(
        required=False, allow_null=True, help_text="When it stops being good; not with `expires_in_days`."
    )
    expires_in_days = StrictIntegerField(
        required=False, allow_null=True, min_value=1, max_value=MAX_DAYS, help_text="The same, counted from now."
    )

    def validate_expires_at(self, value: datetime | None) -> datetime | None:
        now = timezone.now()
        if value is not None and not now < value <= now + MAX_LIFE:
            raise serializers.ValidationError(OUT_OF_RANGE, code="out_of_range")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        days = attrs.pop("expires_in_days", None)
        if days is not None and attrs.get("expires_at") is not None:
            detail = "Give `expires_at` or `expires_in_days`, not both."
            raise serializers.ValidationError({"expires_in_days": [detail]}, code="conflict")
        if days is not None:
            attrs["expires_at"] = timezone.now() + timedelta(days=days)
        return attrs


class ApiKeyUpdateSerializer(StrictSerializer):
    """What can be changed of a key."""

    name = StrictNameField(max_length=MAX_NAME, required=False, help_text="What it is for.")


class ApiKeySerializer(serializers.Serializer[Any]):
    """A key as it is listed. The key itself is stored nowhere."""

    id = serializers.UUIDField(help_text="Names it here; it is no secret.")
    name = serializers.CharField(help_text="What it is for.")
    prefix = serializers.CharField(help_text="How the key begins, to tell it by.")
    scope = serializers.ChoiceField(ApiKey.Scope.choices, help_text="What it may do.")
    state = serializers.SerializerMethodField(help_text="Whether it is good for anything.")
    created_at = serializers.DateTimeField(help_text="When it was made.")
    expires_at = serializers.DateTimeField(allow_null=True, help_text="Null: it does not expire.")
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To the minute; null: it never was.")
    revoked_at = serializers.DateTimeField(allow_null=True, help_text="When it was revoked; else null.")

    def get_state(self, key: ApiKey) -> ApiKey.State:
        return key.state(timezone.now())


class ApiKeyCreatedSerializer(ApiKeySerializer):
    """A key that was just made: the one answer that tells it."""

    key = serializers.CharField(help_text="The key itself. It is not shown again.")
