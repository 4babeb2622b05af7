"""How a user's counters are told over REST."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api_project.rest.throttling.limits import Standing
from transcripts.usage.selectors import UsageNow


class StorageUsageSerializer(serializers.Serializer[Any]):
    """Storage; what was deleted counts until its files are erased, some seconds later."""

    used_bytes = serializers.IntegerField(source="stored_bytes", help_text="Of audio.")
    limit_bytes = serializers.IntegerField(source="storage_limit", allow_null=True, help_text="`null` is no limit.")


class MinutesUsageSerializer(serializers.Serializer[Any]):
    """Audio in results of this calendar month. What is deleted still counts."""

    used = serializers.FloatField(source="minutes", help_text="To the hundredth.")
    limit = serializers.IntegerField(source="minutes_limit", allow_null=True, help_text="`null` is no limit.")
    period_start = serializers.DateTimeField(help_text="When the month began, by UTC.")
    period_end = serializers.DateTimeField(help_text="When the next one begins, with nothing used.")


class TranscriptCountsSerializer(serializers.Serializer[Any]):
    stored = serializers.IntegerField(source="transcripts", help_text="Those that are not deleted.")
    created_this_month = serializers.IntegerField(source="created", help_text="Deleted ones too.")


class RequestsUsageSerializer(serializers.Serializer[Any]):
    """As in the headers `RateLimit-Policy` and `RateLimit`."""

    limit = serializers.IntegerField(source="limit.requests", help_text="For each API key, in each window.")
    window_seconds = serializers.IntegerField(source="limit.seconds", help_text="In how many seconds.")
    remaining = serializers.IntegerField(help_text="In the present window, after this request.")


class UsageSerializer(serializers.Serializer[Any]):
    """What you have used of what you may use. Give where the API key stands as `standing` in the context."""

    storage = StorageUsageSerializer(source="*")
    minutes = MinutesUsageSerializer(source="*")
    transcripts = TranscriptCountsSerializer(source="*", help_text="How many of what there is.")
    requests = serializers.SerializerMethodField(help_text="`null` where requests are not counted.")

    @extend_schema_field(RequestsUsageSerializer(allow_null=True))
    def get_requests(self, usage: UsageNow) -> dict[str, Any] | None:
        standing: Standing | None = self.context["standing"]
        return dict(RequestsUsageSerializer(standing).data) if standing else None
