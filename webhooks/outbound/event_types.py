"""The kinds of events there are: one entry of the table each, and nothing else to add for a new one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from webhooks.models import PayloadLevel
from webhooks.outbound.event_data import (
    DISABLED_ENDPOINT_DATA,
    GONE_TRANSCRIPT_DATA,
    PING_DATA,
    TRANSCRIPT_DATA,
    EventData,
)

EVERYTHING = "*"
# What ends like this says that its subject is gone.
FAREWELL = ".deleted"


@dataclass(frozen=True)
class EventType:
    """A kind of event: its name, what it tells, and the same in words for readers of the API's description.

    Attributes:
        example: values that differ from those of the example in `data`.
    """

    name: str
    summary: str
    description: str
    data: EventData
    example: Mapping[str, Any] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """Return the name that stands for this type and its siblings, like `transcript.*`."""
        return f"{self.name.split('.')[0]}.*"

    def example_at(self, level: PayloadLevel) -> dict[str, Any]:
        """Return an example of what is told at a level."""
        return self.data.pick(level, {**self.data.example, **self.example})


TRANSCRIPT_COMPLETED = EventType(
    name="transcript.completed",
    summary="A transcript is completed",
    description=(
        "Its text is there and will not change any more. With `redact_pii` the `text` is the redacted one. Nothing "
        "else that was said is told at any level; `title` and `metadata` are as they were given."
    ),
    data=TRANSCRIPT_DATA,
)
TRANSCRIPT_ERROR = EventType(
    name="transcript.error",
    summary="A transcript has failed",
    description="`error` says why. Its owner may have it tried again, so another event about it may follow.",
    data=TRANSCRIPT_DATA,
    example={
        "status": "error",
        "audio_duration": None,
        "language_code": None,
        "confidence": None,
        "speech_model_used": None,
        "error": {"code": "transcription_failed", "message": "File does not appear to contain audio."},
        "text": None,
    },
)
TRANSCRIPT_DELETED = EventType(
    name="transcript.deleted",
    summary="A transcript was deleted",
    description="Whatever was kept of it elsewhere should go as well.",
    data=GONE_TRANSCRIPT_DATA,
)
PING = EventType(
    name="ping",
    summary="Somebody asked for a test",
    description="It shows that the endpoint can be reached, and that it verifies.",
    data=PING_DATA,
)
ENDPOINT_DISABLED = EventType(
    name="endpoint.disabled",
    summary="An endpoint is told nothing any more",
    description="It answered 410, or gave nothing but failures for five days. Your other endpoints are told.",
    data=DISABLED_ENDPOINT_DATA,
)

EVENT_TYPES: tuple[EventType, ...] = (
    TRANSCRIPT_COMPLETED,
    TRANSCRIPT_ERROR,
    TRANSCRIPT_DELETED,
    PING,
    ENDPOINT_DISABLED,
)


def selectors() -> list[str]:
    """Return all that an endpoint can ask for: `*`, groups, and single types."""
    groups = dict.fromkeys(kind.group for kind in EVENT_TYPES if "." in kind.name)
    return [EVERYTHING, *groups, *(kind.name for kind in EVENT_TYPES)]


def wants(asked_for: Collection[str], kind: EventType) -> bool:
    """Tell whether one who asked for these is to be told of such an event."""
    return not {EVERYTHING, kind.group, kind.name}.isdisjoint(asked_for)


def is_farewell(name: str) -> bool:
    """Tell whether such an event says that its subject is gone, so that nothing may be kept for its sake."""
    return name.endswith(FAREWELL)
