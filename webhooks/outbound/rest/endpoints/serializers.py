"""What goes in and comes out about webhook endpoints."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api_project.rest.strict_fields import (
    StrictBooleanField,
    StrictCharField,
    StrictChoiceField,
    StrictListField,
    StrictNameField,
)
from api_project.rest.strict_objects import StrictSerializer
from webhooks.models import Endpoint, PayloadLevel, SigningSecret
from webhooks.models.endpoint import MAX_URL
from webhooks.outbound.event_types import selectors

MAX_DESCRIPTION = 200
# More than there are to choose from, whatever is named twice.
MAX_EVENT_TYPES = 50
_URL = "Where events are posted to: https, and an address that the internet reaches."
_DESCRIPTION = "What it is for; in one line."
_EVENT_TYPES = "What it wants to know: types of events, `transcript.*` for all of a group, or `*` for everything."
_PAYLOAD = (
    "How much it is told: `ids` alone; `summary`, the record without its text; or `full`, with the text, where "
    "that makes no more than 20,000 bytes."
)
_ENABLED = "Whether it is told anything."


class EventTypesField(StrictListField):
    """Types of events, each of them once."""

    def __init__(self, **kwargs: Any) -> None:
        child = StrictChoiceField(
            selectors(),
            error_messages={"invalid_choice": "There is no such type of event. Allowed are: {allowed}."},
        )
        super().__init__(child=child, min_length=1, max_length=MAX_EVENT_TYPES, **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        return list(dict.fromkeys(super().to_internal_value(data)))


class _SettingsSerializer(StrictSerializer):
    """What has a meaning of its own when it is left out."""

    description = StrictNameField(required=False, allow_blank=True, max_length=MAX_DESCRIPTION, help_text=_DESCRIPTION)
    event_types = EventTypesField(required=False, help_text=f"{_EVENT_TYPES} The latter when left out.")
    payload = StrictChoiceField(PayloadLevel.choices, required=False, help_text=f"{_PAYLOAD} `summary` when left out.")
    enabled = StrictBooleanField(required=False, help_text=f"{_ENABLED} True when left out.")


class EndpointCreateSerializer(_SettingsSerializer):
    """A new endpoint."""

    url = StrictCharField(max_length=MAX_URL, help_text=_URL)


class EndpointUpdateSerializer(StrictSerializer):
    """What can be changed of an endpoint; what is left out stays as it is."""

    unknown_name = "There is no such field, or it cannot be changed."

    url = StrictCharField(required=False, max_length=MAX_URL, help_text=_URL)
    description = StrictNameField(required=False, allow_blank=True, max_length=MAX_DESCRIPTION, help_text=_DESCRIPTION)
    event_types = EventTypesField(required=False, help_text=_EVENT_TYPES)
    payload = StrictChoiceField(PayloadLevel.choices, required=False, help_text=_PAYLOAD)
    enabled = StrictBooleanField(required=False, help_text=_ENABLED)


class RecoverySerializer(serializers.Serializer[Any]):
    """A recovery: what an endpoint missed, sent again."""

    since = serializers.DateTimeField(help_text="Events from then on.")
    until = serializers.DateTimeField(help_text="Events before that: when it was asked for.")
    queued = serializers.IntegerField(help_text="How many deliveries were made due again so far.")
    is_cut_off = serializers.BooleanField(help_text="There were more; ask again for what is left.")
    finished_at = serializers.DateTimeField(allow_null=True, help_text="Null while it goes on.")


class _SecretTimes(serializers.Serializer[Any]):
    """When the secret was changed, and until when older ones sign beside it."""

    secret_rotated_at = serializers.SerializerMethodField(
        help_text="When the secret was last rotated; null: it is the first one."
    )
    previous_secret_until = serializers.SerializerMethodField(
        help_text="Until then the secrets before it sign as well; null: they do not any more."
    )

    def secret_of(self, thing: Any) -> SigningSecret | None:
        """Return the row of the secret that this is about."""
        raise NotImplementedError

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_secret_rotated_at(self, thing: Any) -> str | None:
        secret = self.secret_of(thing)
        return _moment(secret.rotated_at if secret else None)

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_previous_secret_until(self, thing: Any) -> str | None:
        secret = self.secret_of(thing)
        until = secret.previous_until if secret else None
        return _moment(until if until and timezone.now() < until else None)


class EndpointSerializer(_SecretTimes):
    """An endpoint as it is listed. Its secret is shown when it is made, and never again."""

    id = serializers.UUIDField(help_text="Names the endpoint; ids sort by time.")
    url = serializers.CharField(help_text="Where events are posted to.")
    description = serializers.CharField(help_text="What it is for; may be empty.")
    event_types = serializers.ListField(child=serializers.CharField(), help_text=_EVENT_TYPES)
    payload = serializers.ChoiceField(PayloadLevel.choices, help_text=_PAYLOAD)
    enabled = serializers.BooleanField(help_text=_ENABLED)
    disabled_reason = serializers.SerializerMethodField(
        help_text="`owner`: you disabled it; `gone`: it answered 410; `failing`: nothing but failures for five days. "
        "Null while it is enabled."
    )
    disabled_at = serializers.DateTimeField(allow_null=True, help_text="Null while it is enabled.")
    failing_since = serializers.DateTimeField(
        source="failing_from", allow_null=True, help_text="When it began to give nothing but failures; else null."
    )
    asked_to_wait_until = serializers.SerializerMethodField(
        help_text="Nothing is sent before, as it asked for that with a `Retry-After`; else null."
    )
    created_at = serializers.DateTimeField(help_text="When it was made.")
    recovery = serializers.SerializerMethodField(help_text="The latest recovery; null: there was none.")

    def secret_of(self, thing: Any) -> SigningSecret | None:
        secret: SigningSecret | None = getattr(thing, "signing_secret", None)
        return secret

    @extend_schema_field(serializers.ChoiceField(Endpoint.DisabledReason.choices, allow_null=True))
    def get_disabled_reason(self, endpoint: Endpoint) -> str | None:
        return endpoint.disabled_reason or None

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_asked_to_wait_until(self, endpoint: Endpoint) -> str | None:
        until = endpoint.not_before
        return _moment(until if until and timezone.now() < until else None)

    @extend_schema_field(RecoverySerializer(allow_null=True))
    def get_recovery(self, endpoint: Any) -> dict[str, Any] | None:
        return next((dict(RecoverySerializer(found).data) for found in endpoint.latest_recoveries), None)


class EndpointWithSecretSerializer(EndpointSerializer):
    """An endpoint with a secret that was just made: the one answer that tells it."""

    secret = serializers.CharField(help_text="What signs its events. It is not shown again.")


class DefaultSecretSerializer(_SecretTimes):
    """The secret that signs what goes to a `webhook_url`. The secret itself is shown when it is made or rotated."""

    created_at = serializers.SerializerMethodField(help_text="When the first one was made; null: there is none yet.")

    def secret_of(self, thing: Any) -> SigningSecret | None:
        row: SigningSecret | None = thing["row"]
        return row

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_created_at(self, thing: Any) -> str | None:
        return _moment(thing["row"].created_at if thing["row"] else None)


class DefaultSecretShownSerializer(DefaultSecretSerializer):
    """A default secret that was just made or rotated: the one answer that tells it."""

    secret = serializers.CharField(help_text="What signs from now on. It is not shown again.")


def _moment(moment: datetime | None) -> str | None:
    return serializers.DateTimeField().to_representation(moment) if moment else None
