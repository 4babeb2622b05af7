"""What comes out about deliveries and their attempts, and what their list is asked for."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api_project.rest.query_fields import ChoicesField, IdField, MomentField
from api_project.rest.strict_fields import StrictChoiceField, StrictDateTimeField
from api_project.rest.strict_objects import StrictSerializer
from webhooks.models import Attempt, Delivery, PayloadLevel, Reason
from webhooks.outbound.lists import MOST_ATTEMPTS
from webhooks.outbound.rest.events.serializers import REASON, TYPE_NAMES, DeliveryStateSerializer


class DeliveryFindSerializer(serializers.Serializer[Any]):
    """The parameters that the list of deliveries is narrowed down by."""

    status = ChoicesField(Delivery.Status.values, required=False)
    reason = ChoicesField(Reason.values, required=False)
    endpoint = IdField(required=False)
    event = IdField(required=False)
    event_type = StrictChoiceField(TYPE_NAMES, required=False)
    created_after = MomentField(required=False)
    created_before = MomentField(required=False)


class DeliverySerializer(DeliveryStateSerializer):
    """One event on its way to one destination."""

    event = serializers.UUIDField(source="event_id", help_text="Which event; the `webhook-id` of every attempt.")
    event_type = serializers.CharField(source="event.type", help_text="What happened.")
    subject = serializers.UUIDField(source="event.subject", help_text="What it happened to.")
    payload = serializers.ChoiceField(PayloadLevel.choices, source="level", help_text="How much is told of it.")
    attempt_count = serializers.IntegerField(source="attempts", help_text="How many attempts were begun, over all.")
    next_attempt_at = serializers.DateTimeField(
        allow_null=True,
        help_text="When it is tried again, while it is `pending`; during an attempt, when the next would be made if "
        "this one were cut off. Else null.",
    )
    created_at = serializers.DateTimeField(help_text="When the event happened.")
    ended_at = serializers.DateTimeField(allow_null=True, help_text="When it became `delivered` or `failed`.")


class AttemptSerializer(serializers.Serializer[Any]):
    """One try of a delivery, and what came of it."""

    number = serializers.IntegerField(
        help_text="Counted from 1, as `webhook-attempt` said it. One that was cut off is left out."
    )
    started_at = serializers.DateTimeField(help_text="When it began.")
    duration_ms = serializers.IntegerField(help_text="How long it took.")
    status_code = serializers.IntegerField(
        allow_null=True, help_text="Of the answer, also where the rest of it did not come; null: there was none."
    )
    reason = serializers.SerializerMethodField(help_text="Why it failed; null: it was delivered.")
    detail = serializers.SerializerMethodField(help_text="The same in words; null: it was delivered.")
    answer = serializers.CharField(
        help_text="The beginning of the answer's body; empty once what the event is about was deleted."
    )

    @extend_schema_field(REASON)
    def get_reason(self, attempt: Attempt) -> str | None:
        return attempt.reason or None

    def get_detail(self, attempt: Attempt) -> str | None:
        return attempt.detail or None


class DeliveryDetailSerializer(DeliverySerializer):
    """A delivery with its attempts."""

    attempts = AttemptSerializer(
        many=True, source="latest_attempts", help_text=f"The latest first; no more than {MOST_ATTEMPTS}."
    )


class RecoverSerializer(StrictSerializer):
    """What is to be sent again."""

    since = StrictDateTimeField(help_text="Events from then on.")

    def validate_since(self, value: datetime) -> datetime:
        if value > timezone.now():
            raise serializers.ValidationError("This must not be later than now.", code="out_of_range")
        return value
