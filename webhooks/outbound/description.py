"""What the API's description tells of the events that we send, made from the table of them."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from webhooks.callbacks import Callback
from webhooks.models import PayloadLevel
from webhooks.outbound.event_types import EVENT_TYPES, EventType
from webhooks.outbound.payloads import MAX_FULL_BYTES, envelope

EXAMPLE_ID = UUID("0193fe2a-9d41-7b02-8f6a-51c7d2e0ab93")
EXAMPLE_TIME = datetime(2026, 11, 22, 17, 0, 9, 900_000, tzinfo=UTC)
_TEXT = {"type": "string"}
_SENT = (
    "It is sent to the webhook endpoints that ask for it, or that the transcript names, and to the transcript's "
    "`webhook_url`. The same event has the same `id` for all of them, however often it is sent; it may come more than "
    "once, and in another order than it happened. How to verify it is told, with code, in `docs/receiving-webhooks.md`."
)
_HEADERS: tuple[Mapping[str, Any], ...] = (
    {
        "name": "webhook-id",
        "required": True,
        "description": "The `id` of the event, the same for each attempt: who has seen it need do nothing.",
        "schema": _TEXT | {"format": "uuid"},
        "example": str(EXAMPLE_ID),
    },
    {
        "name": "webhook-timestamp",
        "required": True,
        "description": "When this attempt was made, in seconds since 1970. Refuse what is older than some minutes.",
        "schema": {"type": "integer"},
        "example": 1795366809,
    },
    {
        "name": "webhook-signature",
        "required": True,
        "description": (
            "By Standard Webhooks (https://www.standardwebhooks.com): `v1,` and the HMAC-SHA256, in base64, of id, "
            "timestamp and body, joined by dots. While a secret is being rotated there are several, parted by spaces: "
            "one that fits is enough."
        ),
        "schema": _TEXT,
        "example": "v1,wsf5a+HewDTLtA2TMDr3/WEWlIUEDaPSyiXP3QhDw4E=",
    },
    {
        "name": "webhook-attempt",
        "required": True,
        "description": "Which attempt this is, from 1.",
        "schema": {"type": "integer", "minimum": 1},
        "example": 1,
    },
)
_ANSWERS = {
    "2XX": "Delivered. The first 4 kB of the answer are kept for you to see, and mean nothing.",
    "3XX": "Not followed: it counts as a failure, and is sent again as below.",
    "410": "Send no more: the endpoint is disabled. For a `webhook_url` nothing more of this event is sent to it.",
    "429": "Sent again as below, and not before its `Retry-After` is over, for which a day is the most.",
    "503": "As 429.",
    "default": (
        "Sent again, as where there is no whole answer within 15 seconds: after 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 "
        "and 24 h, each a fifth more or less. After the tenth attempt it counts as `failed`; it can be asked for "
        "again. An endpoint that gives nothing but failures for five days is disabled."
    ),
}


def event_callbacks(components: Mapping[str, Mapping[str, Any]]) -> Iterator[Callback]:
    """Yield the callback of each type of event; `components` are the schemas of the records that they tell of."""
    for kind in EVENT_TYPES:
        parts = kind.data.schemas(components)
        yield Callback(
            name=kind.name,
            summary=kind.summary,
            description=f"{kind.description}\n\n{_SENT}",
            component=component_of(kind),
            schema=_schema(kind, parts),
            examples={level.value: _example(kind, level) for level in PayloadLevel},
            headers=_HEADERS,
            answers=_ANSWERS,
            parts=parts,
        )


def component_of(kind: EventType) -> str:
    """Return the name of the schema of such an event."""
    return "".join(part.title() for part in kind.name.split(".")) + "Event"


def _schema(kind: EventType, parts: Mapping[str, Any]) -> dict[str, Any]:
    data = [{"$ref": f"#/components/schemas/{name}"} for name in parts]
    return {
        "type": "object",
        "description": kind.summary + ".",
        "properties": {
            "id": _TEXT | {"format": "uuid", "description": "Names the event; also in the header `webhook-id`."},
            "type": _TEXT | {"const": kind.name, "description": "What happened."},
            "timestamp": _TEXT | {"format": "date-time", "description": "When it happened."},
            "payload": {"$ref": "#/components/schemas/WebhookPayload", "description": "How much `data` tells."},
            "data": {"anyOf": data, "description": "What is told of it."},
            "note": _TEXT
            | {
                "description": f"Only where `full` was asked for and would have made more than {MAX_FULL_BYTES} bytes: "
                "that this is the `summary`, and where the whole is."
            },
        },
        "required": ["id", "type", "timestamp", "payload", "data"],
    }


def _example(kind: EventType, level: PayloadLevel) -> dict[str, Any]:
    data = kind.example_at(level)
    return envelope(event_id=EXAMPLE_ID, type_name=kind.name, at=EXAMPLE_TIME, level=level, data=data)
