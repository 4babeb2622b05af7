"""What the API's description says about webhook endpoints, apart from what the serializers say."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from api_project.rest.conditional import ETAG, IF_MATCH, IF_NONE_MATCH, NOT_MODIFIED
from api_project.rest.schema import PAGE_PARAMETERS, problems
from transcripts.schema import answer, operation
from webhooks.models import PayloadLevel
from webhooks.outbound import event_types
from webhooks.outbound.endpoints import MAX_ENDPOINTS
from webhooks.outbound.rest.endpoints.serializers import (
    DefaultSecretSerializer,
    DefaultSecretShownSerializer,
    EndpointCreateSerializer,
    EndpointSerializer,
    EndpointUpdateSerializer,
    EndpointWithSecretSerializer,
)
from webhooks.outbound.rest.events.serializers import EventDetailSerializer
from webhooks.outbound.waiting import MOST_BROUGHT_FORWARD

TAG = "webhook endpoints"
EXAMPLE_ID = "0193fe2b-0a4e-7f30-9b1c-6d2e8f4a7c15"
# Says in base64 what it is.
EXAMPLE_SECRET = "whsec_YW4gZXhhbXBsZSwgbm90IGEgc2VjcmV0"  # noqa: S105
MADE_AT = "2026-11-22T17:00:00.000000Z"

_RECORD: dict[str, Any] = {
    "id": EXAMPLE_ID,
    "url": "https://receiver.example.com/hooks/speech",
    "description": "the ticket system",
    "event_types": ["transcript.*"],
    "payload": "summary",
    "enabled": True,
    "disabled_reason": None,
    "disabled_at": None,
    "failing_since": None,
    "asked_to_wait_until": None,
    "created_at": MADE_AT,
    "secret_rotated_at": None,
    "previous_secret_until": None,
    "recovery": None,
}
_ROTATED = {"secret_rotated_at": "2026-11-23T09:00:00.000000Z", "previous_secret_until": "2026-11-24T09:00:00.000000Z"}
_DEFAULT = {"secret_rotated_at": None, "previous_secret_until": None, "created_at": MADE_AT}
_PINGED: dict[str, Any] = {
    "id": "0193fe2b-1c77-7a08-8d5e-2f90b3c6e4d1",
    "type": event_types.PING.name,
    "timestamp": MADE_AT,
    "payload": "summary",
    "data": event_types.PING.example_at(PayloadLevel.SUMMARY),
    "subject": EXAMPLE_ID,
    "cursor": "4711",
    "erased": False,
    "deliveries": [
        {
            "id": "0193fe2b-1c78-7d12-b3a9-80e5f61c4d27",
            "endpoint": EXAMPLE_ID,
            "webhook_url": None,
            "status": "pending",
            "reason": None,
        }
    ],
}
_SHOWN_ONCE = "The answer has the secret in `secret`, this once: keep it where the receiver is."
_REFUSED_URLS = (
    "The URL must be https, at one of the ports that the operator allows, without user info or fragment, and its host "
    "must not lead to an address that is not public, unless the operator allows it; one that does not resolve yet is "
    "taken. All of that is looked at again whenever something is sent."
)


def _operation(operation_id: str, summary: str, description: str, **more: Any) -> Any:
    return operation(operation_id, summary, description, tag=TAG, **more)


LIST = _operation(
    "list_webhook_endpoints",
    "List webhook endpoints",
    "All your endpoints, newest first, disabled ones too.",
    parameters=PAGE_PARAMETERS,
    responses={200: answer(EndpointSerializer(many=True), "page", _RECORD, "A page.")},
)
CREATE = _operation(
    "create_webhook_endpoint",
    "Make a webhook endpoint",
    (
        "From now on it is told what happens, as far as it asks for it: a signed POST for each event, tried again for "
        "three days until it is answered with 2xx. What the events hold, how they are signed and what answers mean is "
        f"told under *Webhooks*, at the end of this page.\n\n{_SHOWN_ONCE} {_REFUSED_URLS}\n\n"
        f"One user may have up to {MAX_ENDPOINTS} endpoints; beyond that the answer is 409 until one is deleted."
    ),
    request=EndpointCreateSerializer,
    examples=[
        OpenApiExample(
            "all about transcripts",
            value={
                "url": "https://receiver.example.com/hooks/speech",
                "description": "the ticket system",
                "event_types": ["transcript.*"],
                "payload": "summary",
            },
            request_only=True,
        )
    ],
    parameters=[
        OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[201], description="The endpoint's record.")
    ],
    responses={
        201: answer(EndpointWithSecretSerializer, "made", _RECORD | {"secret": EXAMPLE_SECRET}, "Made; told at once.")
    },
    **problems(408, 409, 411, 413, 415),
)
DETAIL = _operation(
    "get_webhook_endpoint",
    "Get a webhook endpoint",
    "The record of an endpoint, without its secret.",
    parameters=[IF_NONE_MATCH, IF_MATCH, ETAG],
    responses={200: answer(EndpointSerializer, "enabled", _RECORD, "The record."), 304: NOT_MODIFIED},
    **problems(412),
)
UPDATE = _operation(
    "update_webhook_endpoint",
    "Change a webhook endpoint",
    (
        "What is left out stays as it is. Another `url` also counts for what is `pending`, and has it tried there at "
        f"once, up to {MOST_BROUGHT_FORWARD:,}. Disabling ends what is `pending` as `failed`; enabling begins anew, "
        "and *recover* sends what was missed. With an `ETag` as `If-Match` nothing is changed if the record is another "
        f"version by now: 412.\n\n{_REFUSED_URLS}"
    ),
    request=EndpointUpdateSerializer,
    examples=[
        OpenApiExample("enable it again", value={"enabled": True, "payload": "full"}, request_only=True),
    ],
    parameters=[IF_MATCH, ETAG],
    responses={200: answer(EndpointSerializer, "changed", _RECORD | {"payload": "full"}, "The record as it is now.")},
    **problems(408, 411, 412, 413, 415),
)
DELETE = _operation(
    "delete_webhook_endpoint",
    "Delete a webhook endpoint",
    "It is told nothing any more, what waits for it is ended, and its URL and its secret are forgotten.",
    parameters=[IF_MATCH],
    responses={204: OpenApiResponse(description="Deleted.")},
    **problems(412),
)
ROTATE = _operation(
    "rotate_webhook_secret",
    "Give an endpoint another secret",
    (
        f"{_SHOWN_ONCE} For 24 hours both the new secret and those before it sign each event, so that a receiver may "
        "change over at any moment. Doing it again within that time is harmless: a receiver that still has an older "
        "one is not left behind, up to four of them."
    ),
    request=None,
    responses={
        200: answer(
            EndpointWithSecretSerializer,
            "rotated",
            _RECORD | _ROTATED | {"secret": EXAMPLE_SECRET},
            "The record, with the new secret.",
        )
    },
)
PING = _operation(
    "ping_webhook_endpoint",
    "Send an endpoint a test",
    (
        "An event of type `ping` is sent to this endpoint alone, whatever types it asks for, and tried again like any "
        "other. An endpoint that is disabled is told nothing: 409."
    ),
    request=None,
    parameters=[
        OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[202], description="The event's record.")
    ],
    responses={202: answer(EventDetailSerializer, "pinged", _PINGED, "The event that is being sent.")},
    **problems(409),
)
DEFAULT_SECRET = _operation(
    "get_default_webhook_secret",
    "See whether there is a default secret",
    "It signs what goes to a `webhook_url`, and is made when it is first needed. The secret itself is not told here.",
    responses={200: answer(DefaultSecretSerializer, "made", _DEFAULT, "What is known about it.")},
)
ROTATE_DEFAULT_SECRET = _operation(
    "rotate_default_webhook_secret",
    "Make or rotate the default secret",
    (
        "It signs what goes to a `webhook_url`: make it before you name one, else the first callbacks there are signed "
        f"with a secret that nobody was told. {_SHOWN_ONCE} Where there was one already, it signs beside the new "
        "one for 24 hours, as with the secret of an endpoint."
    ),
    request=None,
    responses={
        200: answer(
            DefaultSecretShownSerializer,
            "shown",
            _DEFAULT | {"secret": EXAMPLE_SECRET},
            "What is known about it, with the new secret.",
        )
    },
)
