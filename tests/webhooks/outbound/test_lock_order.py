"""Whoever comes second waits, and nobody is sacrificed to end a deadlock."""

import pytest

from tests.factories import make_transcript
from tests.threads import both
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.receiver import Receiver, Says
from tests.webhooks.outbound.working import happen, state_of, turn, work
from transcripts.models import Transcript
from transcripts.services import transcript_delete
from webhooks.models import Delivery, Endpoint, Event
from webhooks.outbound import events, recording, slots, transcript_events
from webhooks.outbound.endpoints import endpoint_delete, endpoint_update

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nothing_crashes")]


@pytest.fixture
def endpoint(third_party: Receiver) -> Endpoint:
    """An endpoint that is to be disabled by its next attempt, which its owner's other one is told of."""
    make_endpoint(url=third_party.at("other"), event_types=["endpoint.*", "transcript.deleted"])
    third_party.answers.append(Says(410))
    return make_endpoint(url=third_party.url, event_types=["transcript.*"])


@pytest.fixture
def transcript(endpoint: Endpoint) -> Transcript:
    """A transcript of which it is to be told."""
    transcript = make_transcript()
    happen(subject=transcript.pk)
    return transcript


def assert_all_ended(endpoint: Endpoint) -> None:
    work()
    assert not Delivery.objects.filter(status="pending").exists()
    endpoint.refresh_from_db()
    assert (endpoint.enabled, endpoint.disabled_reason) == (False, "gone")
    positions = list(Event.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(1, len(positions) + 1))


def test_a_delete_while_it_is_noted_that_an_endpoint_is_gone(endpoint: Endpoint, transcript: Transcript) -> None:
    both(turn, recording, "lock_in_order", lambda: transcript_delete(transcript=transcript))
    assert_all_ended(endpoint)


def test_it_is_noted_that_an_endpoint_is_gone_while_something_is_deleted(
    third_party: Receiver, endpoint: Endpoint, transcript: Transcript
) -> None:
    both(lambda: transcript_delete(transcript=transcript), transcript_events, "blank_subject", turn)
    (delivery,) = Delivery.objects.filter(event__type="transcript.completed")
    assert state_of(delivery)[0] == "failed"
    if endpoint.enabled and not third_party.got:
        # On SQLite the deletion was first, and nothing was sent of what was deleted.
        work()
    assert_all_ended(endpoint)


def test_two_endpoints_are_disabled_at_once(third_party: Receiver, endpoint: Endpoint) -> None:
    third_party.answers.append(Says(410))
    second = make_endpoint(url=third_party.at("second"))
    happen()
    both(turn, events, "_take_position", turn)
    assert_all_ended(endpoint)
    second.refresh_from_db()
    assert second.disabled_reason == "gone"


@pytest.mark.parametrize("how", ["disabled", "deleted"])
def test_an_owner_ends_it_while_it_is_noted_that_it_is_gone(
    endpoint: Endpoint, transcript: Transcript, how: str
) -> None:
    def end() -> None:
        if how == "deleted":
            endpoint_delete(endpoint=endpoint)
        else:
            endpoint_update(endpoint=endpoint, changes={"enabled": False})

    both(turn, recording, "lock_in_order", end)
    assert_all_ended(endpoint)


def test_something_happens_while_a_slot_ends_its_turn(third_party: Receiver, transcript: Transcript) -> None:
    third_party.answers.clear()
    both(turn, slots, "_next_look", happen)
    work()
    assert set(Delivery.objects.values_list("status", flat=True)) == {"delivered"}
