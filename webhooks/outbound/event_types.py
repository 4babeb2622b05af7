"""The kinds of events there are: one entry of the table each, and nothing else to add for a new one."""

from collections.abc import Collection
from dataclasses import dataclass

EVERYTHING = "*"
# What ends like this says that its subject is gone.
FAREWELL = ".deleted"


@dataclass(frozen=True)
class EventType:
    """A kind of event: its name, and what it tells in words for whoever reads the description of the API."""

    name: str
    summary: str
    description: str

    @property
    def group(self) -> str:
        """Return the name that stands for this type and its siblings, like `transcript.*`."""
        return f"{self.name.split('.')[0]}.*"


TRANSCRIPT_COMPLETED = EventType(
    "transcript.completed", "A transcript is completed", "Its text is there and will not change any more."
)
TRANSCRIPT_ERROR = EventType(
    "transcript.error", "A transcript has failed", "`error` says why. Its owner may have it tried again."
)
TRANSCRIPT_DELETED = EventType(
    "transcript.deleted", "A transcript was deleted", "Whatever was kept of it elsewhere should go as well."
)
PING = EventType("ping", "Somebody asked for a test", "It tells that the endpoint can be reached and how it verifies.")
ENDPOINT_DISABLED = EventType(
    "endpoint.disabled",
    "An endpoint is told nothing any more",
    "It answered 410, or nothing but failures for five days.",
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
