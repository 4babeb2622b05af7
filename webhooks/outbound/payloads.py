"""The bodies of events: serialised once for each level, and sent by every attempt as they are."""

import json
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from rest_framework.fields import DateTimeField
from rest_framework.utils.encoders import JSONEncoder

from webhooks.models import Event, EventPayload, PayloadLevel

# Bytes; many receivers refuse more, and what is longer is better asked for.
MAX_FULL_BYTES = 20_000

# Gives what an event tells at a level, for JSON.
DataAt = Callable[[PayloadLevel], dict[str, Any]]


def payloads_of(event: Event, data: DataAt, levels: Collection[PayloadLevel]) -> Iterator[EventPayload]:
    """Yield the payloads of an event: the one that the feed shows, and those that are asked for."""
    for level in PayloadLevel:
        if level == PayloadLevel.SUMMARY or level in levels:
            yield EventPayload(event=event, level=level, body=_body(event, data, level))


def _body(event: Event, data: DataAt, level: PayloadLevel) -> str:
    body = _written(event, level, data(level))
    if level != PayloadLevel.FULL or len(body.encode()) <= MAX_FULL_BYTES:
        return body
    note = f"The whole would be longer than {MAX_FULL_BYTES} bytes; `data.url` is where to read it."
    return _written(event, PayloadLevel.SUMMARY, data(PayloadLevel.SUMMARY), note=note)


def _written(event: Event, level: PayloadLevel, data: dict[str, Any], **more: str) -> str:
    body = envelope(event_id=event.id, type_name=event.type, at=event.created_at, level=level, data=data) | more
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), cls=JSONEncoder)
    # Half of a surrogate pair, which a provider may have put into a warning, is nothing that can be stored or sent.
    return text.encode(errors="replace").decode()


def envelope(*, event_id: UUID, type_name: str, at: datetime, level: str, data: dict[str, Any]) -> dict[str, Any]:
    """Return what every body has, as the Standard Webhooks have it, with its id and level."""
    return {
        "id": str(event_id),
        "type": type_name,
        "timestamp": DateTimeField().to_representation(at),
        "payload": str(level),
        "data": data,
    }
