"""SIGKILL at each point between a completed transcript and its stored redacted audio: it is stored once, never lost."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest

from tests.processes.conftest import Services
from tests.processes.harness import Name, Service
from tests.processes.outcomes import assert_erased, assert_nothing_left_after_delete, assert_swept, audio, settle
from tests.processes.redacting import OPTIONS, REDACTED, RedactingProvider, redacting_provider

POINTS = ("redacted-not-asked", "redacted-half-fetched", "redacted-not-kept", "redacted-not-noted")


@pytest.fixture(scope="module")
def provider() -> Iterator[RedactingProvider]:
    with redacting_provider() as provider:
        yield provider


@pytest.fixture
def service(services: Services, provider: RedactingProvider) -> Iterator[Service]:
    service = services.take({"PROVIDER_URL": provider.url})
    provider.sandbox_url = service.provider.url
    service.wait_until_ready()
    yield service
    services.give_back(service)


def redacted_of(service: Service, transcript_id: str) -> Any:
    return service.client.get(transcript_id)["redacted_audio"]


@pytest.mark.parametrize("name", [Name.WORKER, Name.ALL], ids=str)
@pytest.mark.parametrize("point", POINTS)
def test_it_is_stored_once(service: Service, point: str, name: Name) -> None:
    service.arm(point)
    transcript_id = service.client.upload(audio(), options=OPTIONS)
    service.reached(point)
    service.kill(name)
    service.release(point)
    settle(service)
    redacted = redacted_of(service, transcript_id)
    assert (redacted["status"], redacted["sha256"]) == ("stored", sha256(REDACTED).hexdigest()), service.said()
    # The original, and this; no other try has left any.
    assert service.audio_files() == service.rows.audio_names()
    assert len(service.audio_files()) == 2
    assert service.client.redacted_audio(transcript_id) == REDACTED
    # A killed download leaves a temporary file, as a killed upload does.
    assert_swept(service)
    assert_nothing_left_after_delete(service)


@pytest.mark.parametrize("point", POINTS)
def test_one_that_is_deleted_meanwhile_leaves_nothing(service: Service, point: str) -> None:
    service.arm(point)
    transcript_id = service.client.upload(audio(), options=OPTIONS)
    service.reached(point)
    service.client.delete(transcript_id)
    service.arm("redacted-audio-ended")
    service.release(point)
    service.reached("redacted-audio-ended")
    service.release("redacted-audio-ended")
    assert_erased(service)
