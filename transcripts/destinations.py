"""Whom else to tell of one thing: the fields by which a client names them, and having them looked at.

What they name belongs to an app that may not be known here; it listens to `destination_named`.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api_project.rest.exceptions import InvalidInput
from api_project.rest.strict_fields import StrictCharField, StrictListField
from api_project.rest.strict_objects import StrictSerializer
from transcripts.exceptions import DestinationRefused
from transcripts.signals import destination_named

MAX_WEBHOOK_URL = 2048
# As many as a user may have.
MAX_ENDPOINTS = 50
# In a form one entry may stand alone, and then an empty field is one as well.
_LIKE = 'what is wanted is a list of ids, like ["0193fe2a-6b70-7d1c-9c55-3f1f6f0a2b44"], or [] for none.'

# Not the format `uuid`, of which Swagger UI can make no list; and it says of the letters what `IdField` does.
ID_SCHEMA = {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}


@extend_schema_field(ID_SCHEMA)
class IdField(serializers.UUIDField):
    """An id as this service writes it."""

    default_error_messages = {"invalid": f"This must be an id; {_LIKE}"}

    def to_internal_value(self, data: Any) -> UUID:
        found = super().to_internal_value(data)
        if str(found) != data:
            self.fail("invalid", value=data)
        return found


class DestinationFields(StrictSerializer):
    """The fields of whatever may be told of."""

    webhook_endpoints = StrictListField(
        child=IdField(),
        error_messages={"not_a_list": f"This must be a list; {_LIKE}"},
        required=False,
        allow_null=True,
        max_length=MAX_ENDPOINTS,
        help_text=(
            "Your webhook endpoints that are told of it, by id, instead of all that want to know; `[]` for none. Each "
            "is told those types of events that it asks for."
        ),
    )
    webhook_url = StrictCharField(
        required=False,
        allow_blank=True,
        max_length=MAX_WEBHOOK_URL,
        help_text=(
            "An address that is told all of it as well, at the level `summary`, signed with your default secret. Make "
            "that secret first (`POST /api/v1/webhook-endpoints/default-secret/`), so that the receiver knows it."
        ),
    )


def check_destination(*, owner: User, given: Mapping[str, Any]) -> None:
    """Have those looked at that a client named. Raises `InvalidInput` for one that cannot be told."""
    endpoints, url = given.get("webhook_endpoints"), given.get("webhook_url", "")
    if not endpoints and not url:
        return
    try:
        destination_named.send(DestinationFields, owner=owner, endpoints=endpoints, url=url)
    except DestinationRefused as exc:
        raise InvalidInput.field(exc.field, exc.code, str(exc)) from exc
