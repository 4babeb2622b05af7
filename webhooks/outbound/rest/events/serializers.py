"""What comes out about events, and what their list is asked for."""

import json
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api_project.rest.query_fields import IdField
from api_project.rest.strict_fields import StrictChoiceField
from webhooks.models import Delivery, PayloadLevel, Reason
from webhooks.outbound.event_types import EVENT_TYPES

REASON = serializers.ChoiceField(Reason.choices, allow_null=True)
TYPE_NAMES = [kind.name for kind in EVENT_TYPES]


class EventFindSerializer(serializers.Serializer[Any]):
    """The parameters that the list of events is narrowed down by."""

    type = StrictChoiceField(TYPE_NAMES, required=False)
    subject = IdField(required=False)


class EventSerializer(serializers.Serializer[Any]):
    """An event as it is pushed at level `summary`, and where it stands in the feed."""

    id = serializers.UUIDField(help_text="Names the event; the `webhook-id` of every request that tells it.")
    type = serializers.ChoiceField(TYPE_NAMES, help_text="What happened.")
    timestamp = serializers.DateTimeField(source="created_at", help_text="When it happened.")
    payload = serializers.SerializerMethodField(help_text="How much `data` tells; here it is always `summary`.")
    data = serializers.SerializerMethodField(  # type: ignore[assignment]
        help_text="What is told of it, by type; null once that was erased."
    )
    subject = serializers.UUIDField(help_text="What it happened to: a transcript, or an endpoint.")
    cursor = serializers.CharField(
        source="position", help_text="Its place in the feed: `after` with this asks for what followed."
    )
    erased = serializers.SerializerMethodField(help_text="Whether what it told was deleted, with what it is about.")

    def get_payload(self, event: Any) -> PayloadLevel:
        return PayloadLevel.SUMMARY

    def get_data(self, event: Any) -> dict[str, Any] | None:
        return json.loads(event.body)["data"] if event.body else None

    def get_erased(self, event: Any) -> bool:
        return not event.body


class DeliveryStateSerializer(serializers.Serializer[Any]):
    """How far an event has come on its way to one destination."""

    id = serializers.UUIDField(help_text="Names the delivery.")
    endpoint = serializers.SerializerMethodField(help_text="To which endpoint; null where it is a `webhook_url`.")
    webhook_url = serializers.SerializerMethodField(
        help_text="To which `webhook_url`; null where it is an endpoint, and once it was erased."
    )
    status = serializers.ChoiceField(Delivery.Status.choices, help_text="`delivered` and `failed` are the end.")
    reason = serializers.SerializerMethodField(
        help_text="Why it is not delivered; while it is `pending`, why the latest attempt failed. Else null."
    )

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_endpoint(self, delivery: Delivery) -> str | None:
        return str(delivery.endpoint_id) if delivery.endpoint.kind == delivery.endpoint.Kind.REGISTERED else None

    def get_webhook_url(self, delivery: Delivery) -> str | None:
        return delivery.url or None

    @extend_schema_field(REASON)
    def get_reason(self, delivery: Delivery) -> str | None:
        return delivery.reason or None


class EventDetailSerializer(EventSerializer):
    """An event, and to whom it is told."""

    deliveries = DeliveryStateSerializer(many=True, help_text="To whom it is told, and how far that has come.")
