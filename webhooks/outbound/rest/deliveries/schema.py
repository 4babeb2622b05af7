"""What the API's description says about deliveries, apart from what the serializers say."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from api_project.rest.schema import PAGE_PARAMETERS, problems
from transcripts.schema import EXAMPLE_ID as TRANSCRIPT_ID
from transcripts.schema import answer, operation
from webhooks.models import Delivery, Reason
from webhooks.outbound.recovering import MOST
from webhooks.outbound.rest.deliveries.serializers import (
    DeliveryDetailSerializer,
    DeliverySerializer,
    RecoverSerializer,
)
from webhooks.outbound.rest.endpoints.serializers import RecoverySerializer
from webhooks.outbound.rest.events.schema import DELIVERY_ID, ENDPOINT_ID
from webhooks.outbound.rest.events.schema import EXAMPLE_ID as EVENT_ID
from webhooks.outbound.rest.events.serializers import TYPE_NAMES

TAG = "deliveries"
_TIME: dict[str, Any] = {"type": "string", "format": "date-time", "examples": ["2026-11-22T17:00:00Z"]}
_STATUS = f"({'|'.join(Delivery.Status.values)})"
_REASON = f"({'|'.join(Reason.values)})"

_RECORD: dict[str, Any] = {
    "id": DELIVERY_ID,
    "endpoint": ENDPOINT_ID,
    "webhook_url": None,
    "status": "pending",
    "reason": "status",
    "event": EVENT_ID,
    "event_type": "transcript.completed",
    "subject": TRANSCRIPT_ID,
    "payload": "summary",
    "attempt_count": 1,
    "next_attempt_at": "2026-11-22T17:00:15.400000Z",
    "created_at": "2026-11-22T17:00:09.900000Z",
    "ended_at": None,
}
_ATTEMPT: dict[str, Any] = {
    "number": 1,
    "started_at": "2026-11-22T17:00:10.100000Z",
    "duration_ms": 212,
    "status_code": 500,
    "reason": "status",
    "detail": "The answer was 500.",
    "answer": "Internal Server Error",
}
_RECOVERY: dict[str, Any] = {
    "since": "2026-11-20T17:00:00.000000Z",
    "until": "2026-11-22T17:00:00.000000Z",
    "queued": 0,
    "is_cut_off": False,
    "finished_at": None,
}


def _several(name: str, pattern: str, example: str, description: str) -> OpenApiParameter:
    schema = {"type": "string", "pattern": f"^{pattern}(,{pattern})*$", "examples": [example]}
    return OpenApiParameter(name, schema, description=description)


def _id(name: str, example: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, {"type": "string", "format": "uuid", "examples": [example]}, description=description)


LIST = operation(
    "list_deliveries",
    "List deliveries",
    (
        "Each is one event on its way to one destination, newest first. `status=pending,failed` are those that are not "
        "delivered: a `pending` one is tried again at `next_attempt_at`, a `failed` one when somebody asks for it. "
        "What is given narrows the list, and all of it must hold; a cursor belongs to the parameters that it was given "
        "with."
    ),
    tag=TAG,
    parameters=[
        *PAGE_PARAMETERS,
        _several("status", _STATUS, "pending,failed", "Only with this status, or one of these, parted by commas."),
        _several("reason", _REASON, "timeout", "Only those not delivered for this, or one of these, parted by commas."),
        _id("endpoint", ENDPOINT_ID, "Only to this endpoint, which may have been deleted since."),
        _id("event", EVENT_ID, "Only of this event."),
        OpenApiParameter("event_type", {"type": "string", "enum": TYPE_NAMES}, description="Only of such events."),
        OpenApiParameter("created_after", _TIME, description="Only of events that happened then or later."),
        OpenApiParameter("created_before", _TIME, description="Only of events that happened earlier."),
    ],
    responses={200: answer(DeliverySerializer(many=True), "page", _RECORD, "A page.")},
)
_DETAIL = answer(DeliveryDetailSerializer, "pending", _RECORD | {"attempts": [_ATTEMPT]}, "The delivery.")
DETAIL = operation(
    "get_delivery",
    "Get a delivery",
    "One delivery with its attempts: when each was made, how long it took, and what was answered.",
    tag=TAG,
    responses={200: _DETAIL},
)
REDELIVER = operation(
    "redeliver_delivery",
    "Deliver again",
    (
        "One that is `failed`, or `delivered`, becomes `pending`: it is due at once, and has the whole schedule before "
        "it. One that is `pending` is due at once, and keeps its place in the schedule. The event keeps its id, so a "
        "receiver that had it knows it. 409 where there is nothing to send, since what the event is about was deleted, "
        "or nobody to send it to, since the endpoint is disabled or was deleted. 409 with `Retry-After` while an "
        "attempt is being made: see what comes of it first."
    ),
    tag=TAG,
    request=None,
    parameters=[
        OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[202], description="The delivery."),
    ],
    responses={
        202: answer(
            DeliveryDetailSerializer,
            "due",
            _RECORD | {"reason": None, "attempts": [_ATTEMPT]},
            "It is sent again soon; `Location` is where to watch it.",
        )
    },
    **problems(409),
)
RECOVER = operation(
    "recover_webhook_endpoint",
    "Send again what an endpoint missed",
    (
        "All deliveries to it that `failed`, of events from then on (it goes by the event's time), are made due again "
        "in the background, oldest first. "
        f"No more than {MOST:,} at a time: `is_cut_off` in the endpoint's `recovery` says that there were more; ask "
        "again for those. Those that are `pending` are left alone: they go by their schedule. *Deliver again* brings "
        "one of them forward, and another `url` for the endpoint all of them. 409 while the endpoint is disabled, and "
        "while another recovery of it runs."
    ),
    tag=TAG,
    request=RecoverSerializer,
    examples=[OpenApiExample("since", value={"since": "2026-11-20T17:00:00Z"}, request_only=True)],
    parameters=[
        OpenApiParameter(
            "Location",
            str,
            OpenApiParameter.HEADER,
            response=[202],
            description="The endpoint; its `recovery` says how far this has come.",
        ),
    ],
    responses={202: answer(RecoverySerializer, "begun", _RECOVERY, "It is being done.")},
    **problems(408, 409, 411, 413, 415),
)
