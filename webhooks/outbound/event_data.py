"""What events tell of a thing: which fields there are at each level, what they hold, and an example."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from webhooks.models import PayloadLevel

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class EventData:
    """What the `data` of an event holds. Each level has the fields of those before it.

    Attributes:
        component: how the names of its schemas begin.
        about: what it is, for readers of the API's description.
        record: the schema that describes those fields which are not in `fields`.
        fields: the schemas of all others.
        example: a value for each field.
    """

    component: str
    about: str
    ids: tuple[str, ...]
    summary: tuple[str, ...] = ()
    full: tuple[str, ...] = ()
    record: str = ""
    fields: Mapping[str, Schema] = field(default_factory=dict)
    example: Mapping[str, Any] = field(default_factory=dict)

    def names(self, level: PayloadLevel) -> tuple[str, ...]:
        """Return the fields that there are at a level."""
        more = {
            PayloadLevel.IDS: (),
            PayloadLevel.SUMMARY: self.summary,
            PayloadLevel.FULL: self.summary + self.full,
        }
        return self.ids + more[level]

    def pick(self, level: PayloadLevel, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is told at a level, of what might be."""
        return {name: values[name] for name in self.names(level)}

    def schemas(self, components: Mapping[str, Schema]) -> dict[str, Schema]:
        """Return a schema, by its name, for each level that tells something else than the one before it.

        `components` are those that the API's description has, with the `record` among them.
        """
        described = {**(components[self.record]["properties"] if self.record else {}), **self.fields}
        found: dict[str, Schema] = {}
        for level in PayloadLevel:
            schema = self._schema(level, described)
            if schema not in found.values():
                found[f"{self.component}{level.title()}"] = schema
        return found

    def _schema(self, level: PayloadLevel, described: Mapping[str, Schema]) -> Schema:
        names = self.names(level)
        properties = {name: described[name] for name in names}
        return {"type": "object", "description": self.about, "properties": properties, "required": list(names)}


_ID = {"type": "string", "format": "uuid"}
_ENDPOINT_ID = "0193fe2b-0a4e-7f30-9b1c-6d2e8f4a7c15"
_TRANSCRIPT_ID = "0193fe2a-6b70-7d1c-9c55-3f1f6f0a2b44"
_DESCRIPTION = {"type": "string", "description": "What the endpoint is for, as its owner says; may be empty."}

# Of a record only this leaves the house. At the levels `ids` and `summary` nothing of it was said in the audio; `full`
# adds the text, which is the redacted one where that was asked for. Excerpt, entities, sentiment, chapters and the like
# may hold what was redacted, and stand in none. Title and metadata are what the client gave, and go out as they are:
# third parties know their cases by them.
TRANSCRIPT_DATA = EventData(
    component="TranscriptEventData",
    about="What is told of a transcript; its fields are those of the record.",
    record="TranscriptItem",
    ids=("id", "status", "call", "recording", "url"),
    summary=(
        "title",
        "source",
        "metadata",
        "audio_duration",
        "language_code",
        "confidence",
        "speech_model_used",
        "warnings",
        "error",
        "created_at",
        "completed_at",
    ),
    full=("text",),
    fields={
        "url": {
            "type": "string",
            "format": "uri",
            "description": "Where the whole record is, for whoever may read it.",
        },
        "text": {
            "type": ["string", "null"],
            "description": "What was said, redacted where that was asked for; null where there is none.",
        },
    },
    example={
        "id": _TRANSCRIPT_ID,
        "status": "completed",
        "call": None,
        "recording": None,
        "url": f"https://speech.example.com/api/v1/transcripts/{_TRANSCRIPT_ID}/",
        "title": "Inaugural address",
        "source": "upload",
        "metadata": {"case": 4711},
        "audio_duration": 11,
        "language_code": "en_us",
        "confidence": 0.94,
        "speech_model_used": "universal-2",
        "warnings": [],
        "error": None,
        "created_at": "2026-11-22T17:00:00.000000Z",
        "completed_at": "2026-11-22T17:00:09.900000Z",
        "text": "And so, my fellow Americans, ask not what your country can do for you.",
    },
)
GONE_TRANSCRIPT_DATA = EventData(
    component="DeletedTranscriptEventData",
    about="What is told of a transcript that is gone.",
    ids=("id",),
    fields={"id": _ID | {"description": "The id that the transcript had."}},
    example={"id": _TRANSCRIPT_ID},
)
PING_DATA = EventData(
    component="PingEventData",
    about="What is told by a test.",
    ids=("id",),
    summary=("description",),
    fields={"id": _ID | {"description": "The id of the endpoint."}, "description": _DESCRIPTION},
    example={"id": _ENDPOINT_ID, "description": "the ticket system"},
)
DISABLED_ENDPOINT_DATA = EventData(
    component="DisabledEndpointEventData",
    about="What is told of an endpoint that is told nothing any more.",
    ids=("id", "reason"),
    summary=("description", "detail"),
    fields={
        "id": _ID | {"description": "The id of the endpoint."},
        "reason": {
            "type": "string",
            "enum": ["gone", "failing"],
            "description": "`gone`: it answered 410; `failing`: nothing but failures for five days.",
        },
        "description": _DESCRIPTION,
        "detail": {"type": "string", "description": "The reason in words."},
    },
    example={
        "id": _ENDPOINT_ID,
        "reason": "gone",
        "description": "the ticket system",
        "detail": "It answered 410.",
    },
)
