"""What events tell is what the API's description says, at each level, and nothing of what was to be redacted."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from tests.assemblyai_fake import FakeAssemblyAI
from tests.described import document, faults
from tests.factories import make_transcript
from tests.provider_fixtures import RunDue
from tests.transcripts.ending import make_completed, make_failed
from tests.webhooks.outbound.factories import make_endpoint
from transcripts.services import transcript_delete
from webhooks.models import Endpoint, Event, EventPayload, PayloadLevel
from webhooks.outbound.description import component_of
from webhooks.outbound.disabling import endpoint_disable
from webhooks.outbound.endpoints import endpoint_ping
from webhooks.outbound.event_data import EventData
from webhooks.outbound.event_types import EVENT_TYPES, EventType
from webhooks.outbound.payloads import MAX_FULL_BYTES

pytestmark = pytest.mark.django_db

PRIVATE = "Grace Hopper"
REDACTED = "My name is [PERSON_NAME]."
# Of a redacted transcript AssemblyAI redacts text and words alone.
UNREDACTED: dict[str, Any] = {
    "redact_pii": True,
    "entities": [{"entity_type": "person_name", "text": PRIVATE, "start": 0, "end": 900}],
    "sentiment_analysis_results": [{"text": f"My name is {PRIVATE}.", "sentiment": "NEUTRAL"}],
    "chapters": [{"headline": PRIVATE, "summary": PRIVATE, "gist": PRIVATE}],
    "auto_highlights_result": {"status": "success", "results": [{"text": PRIVATE, "count": 1}]},
    "summary": PRIVATE,
    "unredacted_text": f"My name is {PRIVATE}.",
    "unredacted_words": [{"text": PRIVATE, "start": 0, "end": 900}],
}


class Happenings:
    """Every type of event, brought about in earnest."""

    def __init__(self, fake: FakeAssemblyAI, run_due: RunDue) -> None:
        self.provider = fake
        self.run_due = run_due
        self.by_type: dict[str, Callable[[], Any]] = {
            "transcript.completed": lambda: make_completed(fake, run_due),
            "transcript.error": lambda: make_failed(fake, run_due),
            "transcript.deleted": lambda: transcript_delete(transcript=make_transcript(metadata={"case": 4711})),
            "ping": lambda: [endpoint_ping(endpoint=endpoint) for endpoint in Endpoint.objects.all()],
            "endpoint.disabled": self.disable_an_endpoint,
        }

    @transaction.atomic
    def disable_an_endpoint(self) -> None:
        endpoint = make_endpoint(description="tickets")
        assert endpoint_disable(endpoint, Endpoint.DisabledReason.GONE, now=timezone.now())


@pytest.fixture
def happenings(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> Happenings:
    return Happenings(assemblyai_fake, run_due)


@pytest.fixture(autouse=True)
def _every_level_is_asked_for(db: None) -> None:
    for level in PayloadLevel:
        make_endpoint(payload=level.value)


def bodies(kind: str) -> dict[PayloadLevel, dict[str, Any]]:
    """Return what was written for events of a type, by the level that was asked for."""
    payloads = EventPayload.objects.filter(event__type=kind)
    return {PayloadLevel(payload.level): json.loads(payload.body) for payload in payloads}


@pytest.mark.parametrize("kind", EVENT_TYPES, ids=lambda kind: kind.name)
def test_a_body_is_as_described_at_each_level(happenings: Happenings, kind: EventType) -> None:
    happenings.by_type[kind.name]()

    written = bodies(kind.name)
    assert written.keys() == set(PayloadLevel)
    for level, body in written.items():
        assert faults({"$ref": f"#/components/schemas/{component_of(kind)}"}, body) == []
        assert faults(schema_at(kind.data, level), body["data"]) == []
        assert set(body["data"]) == set(kind.data.names(level)) == set(kind.example_at(level))
        assert (body["type"], body["payload"]) == (kind.name, level)
        assert str(Event.objects.get(pk=body["id"]).subject) == body["data"]["id"]


def schema_at(data: EventData, level: PayloadLevel) -> dict[str, Any]:
    described = data.schemas(document()["components"]["schemas"])
    assert described.items() <= document()["components"]["schemas"].items()
    return next(dict(schema) for schema in described.values() if set(schema["properties"]) == set(data.names(level)))


def test_each_type_is_brought_about_here(happenings: Happenings) -> None:
    assert happenings.by_type.keys() == {kind.name for kind in EVENT_TYPES}


def test_a_text_that_is_too_long_is_described_as_well(happenings: Happenings) -> None:
    make_completed(happenings.provider, happenings.run_due, "ü " * MAX_FULL_BYTES)

    written = bodies("transcript.completed")
    long = written[PayloadLevel.FULL]
    assert faults({"$ref": "#/components/schemas/TranscriptCompletedEvent"}, long) == []
    assert (long["payload"], "data.url" in long["note"]) == ("summary", True)
    assert long["data"] == written[PayloadLevel.SUMMARY]["data"]


def test_nothing_of_a_redacted_transcript_leaves_but_its_redacted_text(happenings: Happenings) -> None:
    make_completed(happenings.provider, happenings.run_due, REDACTED, **UNREDACTED)

    written = bodies("transcript.completed")
    assert written[PayloadLevel.FULL]["data"]["text"] == REDACTED
    assert PRIVATE not in json.dumps(list(written.values()))


@pytest.mark.parametrize("level", [PayloadLevel.IDS, PayloadLevel.SUMMARY])
def test_only_the_full_level_holds_anything_that_was_said(happenings: Happenings, level: PayloadLevel) -> None:
    make_completed(happenings.provider, happenings.run_due, "Unmistakable.")

    assert "Unmistakable" not in json.dumps(bodies("transcript.completed")[level])
