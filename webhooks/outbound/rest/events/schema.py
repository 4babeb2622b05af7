"""What the API's description says about events, apart from what the serializers say."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from api_project.rest.schema import PAGE_PARAMETERS
from transcripts.schema import EXAMPLE_ID as TRANSCRIPT_ID
from transcripts.schema import answer, operation
from webhooks.models import PayloadLevel
from webhooks.outbound.event_data import TRANSCRIPT_DATA
from webhooks.outbound.rest.events.serializers import TYPE_NAMES, EventDetailSerializer, EventSerializer

TAG = "events"
EXAMPLE_ID = "0193fe2a-9d41-7b02-8f6a-51c7d2e0ab93"
DELIVERY_ID = "0193fe2a-9d42-7e5b-a0c4-7b1f63d98e25"
ENDPOINT_ID = "0193fe2b-0a4e-7f30-9b1c-6d2e8f4a7c15"

_DATA = TRANSCRIPT_DATA.pick(PayloadLevel.SUMMARY, TRANSCRIPT_DATA.example)
_RECORD: dict[str, Any] = {
    "id": EXAMPLE_ID,
    "type": "transcript.completed",
    "timestamp": "2026-11-22T17:00:09.900000Z",
    "payload": "summary",
    "data": _DATA,
    "subject": TRANSCRIPT_ID,
    "cursor": "4711",
    "erased": False,
}
_STATES: list[dict[str, Any]] = [
    {"id": DELIVERY_ID, "endpoint": ENDPOINT_ID, "webhook_url": None, "status": "pending", "reason": "timeout"}
]

LIST = operation(
    "list_events",
    "List events, or follow them",
    (
        "Everything that happened, whether anybody was to be told of it or not: the same events that are pushed to "
        "webhook endpoints, under the same ids. Without `after` they come newest first, in pages like those of other "
        "lists.\n\n"
        "**Following them.** With `after` they come oldest first, from behind that event on, in the one order in which "
        "they happened for you. `next` is then always a link: keep it, and ask for it again a little later. It leads "
        "behind the last event that was looked at, and no event can turn up before it; a page that is empty leads to "
        "where it was asked for, or further where a filter left all of them out. `after=` with nothing, or `after=0`, "
        "begins at the beginning. Whoever wants only what is new takes the `cursor` of the newest event (`limit=1`) "
        "and asks `after` that. Nobody needs an endpoint for this. What was pushed as well has the same `id`, and is "
        "to be taken once.\n\n"
        "What an event told is erased with what it is about: `data` is then null and `erased` true. The event keeps "
        "its place."
    ),
    tag=TAG,
    parameters=[
        *PAGE_PARAMETERS,
        OpenApiParameter(
            "after",
            {"type": "string", "pattern": "^(0|[1-9][0-9]{0,18})?$", "examples": ["4711"]},
            description="The oldest first, from behind the event with this `cursor`; empty or `0`: from the first.",
        ),
        OpenApiParameter("type", {"type": "string", "enum": TYPE_NAMES}, description="Only of this type."),
        OpenApiParameter(
            "subject",
            {"type": "string", "format": "uuid", "examples": [TRANSCRIPT_ID]},
            description="Only about this: the id of a transcript, or of an endpoint.",
        ),
    ],
    responses={200: answer(EventSerializer(many=True), "page", _RECORD, "A page.")},
)
DETAIL = operation(
    "get_event",
    "Get an event",
    "One event, with all to whom it is told, and how far that has come.",
    tag=TAG,
    responses={200: answer(EventDetailSerializer, "event", _RECORD | {"deliveries": _STATES}, "The event.")},
)
