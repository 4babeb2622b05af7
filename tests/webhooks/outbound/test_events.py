"""What happens to transcripts is told, to whom it concerns and as much as they asked for."""

import json
import subprocess
import sys
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from standardwebhooks import Webhook

from api_project.environment import BASE_DIR
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import make_transcript, make_user
from tests.provider_fixtures import RunDue
from tests.transcripts.ending import make_completed, make_failed
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.receiver import Receiver
from tests.webhooks.outbound.working import attempts_of, delivery_of, happen, state_of, work
from transcripts.models import Transcript
from transcripts.services import transcript_delete, transcript_retry
from webhooks.models import Delivery, Endpoint, Event, EventPayload
from webhooks.outbound.destinations import Named
from webhooks.outbound.endpoints import endpoint_create
from webhooks.outbound.event_types import EVENT_TYPES, PING, TRANSCRIPT_ERROR
from webhooks.outbound.events import event_write, event_write_to
from webhooks.outbound.payloads import MAX_FULL_BYTES
from webhooks.outbound.secrets import secret_make

pytestmark = pytest.mark.django_db


def types() -> list[str]:
    return list(Event.objects.order_by("position").values_list("type", flat=True))


def test_a_completed_transcript_is_told(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, third_party: Receiver
) -> None:
    _, secret = endpoint_create(owner=make_user(), url=third_party.url)
    transcript = make_completed(assemblyai_fake, run_due)
    work()

    (received,) = third_party.got
    told = Webhook(secret).verify(received.body, dict(received.headers))
    event = Event.objects.get()
    assert (told["id"], told["type"], told["payload"]) == (str(event.pk), "transcript.completed", "summary")
    assert (told["data"]["id"], told["data"]["status"]) == (str(transcript.pk), "completed")
    assert (received.id, received.attempt, received.path) == (str(event.pk), 1, "/hooks")
    assert state_of(delivery_of(event)) == ("delivered", "")
    assert attempts_of(delivery_of(event)) == [(1, 200, "")]


def test_a_failed_transcript_is_told_and_so_is_its_second_end(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, third_party: Receiver
) -> None:
    make_endpoint(url=third_party.url)
    transcript = make_failed(assemblyai_fake, run_due)
    work()
    assert third_party.got[0].json["data"]["error"]["message"] == "No audio in it."

    transcript_retry(transcript=transcript)
    again = run_due("submit")
    assemblyai_fake.complete(again.provider_id, "Hello.")
    run_due("reconcile", after=timedelta(hours=1))
    work()
    assert [received.type for received in third_party.got] == ["transcript.error", "transcript.completed"]


def test_a_deleted_transcript_is_told_and_what_was_told_of_it_is_blanked(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, third_party: Receiver
) -> None:
    make_endpoint(url=third_party.url, payload="full")
    transcript = make_completed(assemblyai_fake, run_due, "Something private.")
    work()
    assert b"private" in third_party.got[0].body
    transcript_delete(transcript=transcript)
    work()

    assert types() == ["transcript.completed", "transcript.deleted"]
    assert third_party.got[1].json["data"] == {"id": str(transcript.pk)}
    assert set(EventPayload.objects.filter(event__type="transcript.completed").values_list("body", flat=True)) == {""}
    assert list(Event.objects.exclude(erased_at=None).values_list("type", flat=True)) == ["transcript.completed"]


def test_one_that_is_deleted_twice_is_told_once(third_party: Receiver) -> None:
    transcript = make_transcript()
    for _ in range(2):
        transcript_delete(transcript=transcript)
    assert types() == ["transcript.deleted"]


def test_whoever_does_not_ask_for_it_is_not_told(third_party: Receiver) -> None:
    wants = make_endpoint(url=third_party.at("wants"), event_types=["transcript.*"])
    make_endpoint(url=third_party.at("other"), event_types=["ping", "transcript.completed"])
    make_endpoint(url=third_party.at("disabled"), enabled=False)
    make_endpoint(url=third_party.at("deleted"), deleted_at=timezone.now())
    make_endpoint("grace", url=third_party.at("a-strangers"))
    event = happen(TRANSCRIPT_ERROR)
    work()

    assert [received.path for received in third_party.got] == ["/wants"]
    assert delivery_of(event).endpoint == wants


def test_it_stands_in_the_feed_even_if_nobody_is_told() -> None:
    event = happen()
    assert (event.position, EventPayload.objects.get().level) == (1, "summary")
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("levels", [("ids",), ("full",), ("ids", "summary", "full")])
def test_each_is_told_as_much_as_it_asked_for(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, third_party: Receiver, levels: tuple[str, ...]
) -> None:
    for level in levels:
        make_endpoint(url=third_party.at(level), payload=level)
    make_completed(assemblyai_fake, run_due, "Hello world.")
    work()

    told = {received.path.strip("/"): received.json for received in third_party.got}
    assert {level: body["payload"] for level, body in told.items()} == {level: level for level in levels}
    assert set(EventPayload.objects.values_list("level", flat=True)) == {"summary", *levels}
    if "ids" in told:
        assert set(told["ids"]["data"]) == {"id", "status", "call", "recording", "url"}
    if "full" in told:
        assert told["full"]["data"]["text"] == "Hello world."


def test_a_long_text_is_told_in_summary_with_a_link(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, third_party: Receiver
) -> None:
    make_endpoint(url=third_party.url, payload="full")
    transcript = make_completed(assemblyai_fake, run_due, "Grüße " * 3000)
    work()

    (received,) = third_party.got
    assert len(received.body) < MAX_FULL_BYTES
    assert received.json["payload"] == "summary" and "text" not in received.json["data"]
    assert received.json["data"]["url"].endswith(f"/api/v1/transcripts/{transcript.pk}/")
    assert "data.url" in received.json["note"]


def test_what_no_text_may_hold_does_not_keep_a_transcript_from_its_end() -> None:
    with transaction.atomic():
        event_write(
            owner_id=make_user().pk,
            kind=TRANSCRIPT_ERROR,
            subject=uuid4(),
            data=lambda level: {"warnings": ["half of a \ud83d pair, and \0"]},
            now=timezone.now(),
        )
    assert json.loads(EventPayload.objects.get().body)["data"]["warnings"] == ["half of a ? pair, and \0"]


def test_those_that_are_named_are_told_instead_of_all(third_party: Receiver) -> None:
    first, _ = [make_endpoint(url=third_party.at(name)) for name in ("first", "second")]
    strangers = make_endpoint("grace", url=third_party.at("a-strangers"))
    happen(named=Named([first.pk, strangers.pk]))
    happen(named=Named([]))
    work()

    assert [received.path for received in third_party.got] == ["/first"]


def test_a_named_address_is_told_too_and_signed_with_the_users_own_secret(third_party: Receiver) -> None:
    ada = make_user()
    make_endpoint(url=third_party.url)
    happen(named=Named(url=third_party.at("named?a=1")))
    happen(named=Named([], url=third_party.at("elsewhere")))
    work()

    assert sorted(received.path for received in third_party.got) == ["/elsewhere", "/hooks", "/named?a=1"]
    secret = secret_make(owner=ada, endpoint=None, now=timezone.now())
    for received in third_party.got:
        if received.path != "/hooks":
            Webhook(secret).verify(received.body, dict(received.headers))
    # Both share what stands for their origin.
    assert Endpoint.objects.get(kind="origin").deliveries.count() == 2


def test_an_address_that_is_refused_by_now_does_not_keep_anything_from_its_end(third_party: Receiver) -> None:
    event = happen(named=Named([], url="https://user@example.com/"))
    work()

    assert attempts_of(delivery_of(event)) == [(1, None, "refused_url")]


def test_a_transcript_names_whom_to_tell(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, third_party: Receiver
) -> None:
    _, second = [make_endpoint(url=third_party.at(name)) for name in ("first", "second")]
    transcript = make_transcript(webhook_endpoints=[str(second.pk)], webhook_url=third_party.at("own"))
    run_due("submit")
    assemblyai_fake.fail(Transcript.objects.get().provider_id, "no speech")
    run_due("reconcile", after=timedelta(hours=1))
    transcript_delete(transcript=transcript)
    work()

    told = sorted((received.type, received.path) for received in third_party.got)
    assert told == [("transcript.deleted", "/own"), ("transcript.deleted", "/second")]
    # Nothing of it is kept that was given with the transcript.
    assert set(Delivery.objects.values_list("url", flat=True)) == {""}


def test_nothing_is_told_of_what_is_rolled_back() -> None:
    make_endpoint()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        event_write(
            owner_id=make_user().pk,
            kind=TRANSCRIPT_ERROR,
            subject=uuid4(),
            data=lambda level: {},
            now=timezone.now(),
        )
        _ = 1 / 0
    assert not Event.objects.exists()
    # Its place in the feed is the next one's.
    assert happen().position == 1


@pytest.mark.django_db(transaction=True)
def test_an_event_is_not_written_apart_from_what_it_tells() -> None:
    with pytest.raises(RuntimeError, match="in the transaction"):
        event_write_to(
            told=[], owner_id=make_user().pk, kind=PING, subject=uuid4(), data=lambda level: {}, now=timezone.now()
        )


def test_the_types_have_names_that_fit() -> None:
    names = [kind.name for kind in EVENT_TYPES]
    assert len(names) == len(set(names)) and max(map(len, names)) <= 40


def test_a_user_has_a_feed_of_their_own() -> None:
    positions = [happen(user=user).position for user in ("ada", "grace", "ada")]
    assert positions == [1, 1, 2]
    assert User.objects.get(username="ada").events.count() == 2


PROGRAMS = {
    "web": "import api_project.wsgi",
    "command": (
        "import os; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'api_project.settings');"
        "import django; django.setup()"
    ),
}
LISTENERS = """
from transcripts import signals
for signal in (signals.transcript_ended, signals.transcript_deleted, signals.transcript_erased):
    print(len(signal.receivers))
from api_project.work.steps import registry
print(*sorted(step.name for step in registry.steps))
"""


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_process_listens(program: str, tmp_path: Any) -> None:
    environment = {"PATH": "/usr/bin", "DATA_DIR": str(tmp_path), "ENV_FILE": "/dev/null", "SANDBOX": "1"}
    script = f"{PROGRAMS[program]}\n{LISTENERS}"
    told = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=BASE_DIR, capture_output=True, text=True, check=True
    )
    *listeners, steps = told.stdout.splitlines()
    assert listeners == ["1", "1", "1"]
    assert {"deliver", "deliver-slow"} <= set(steps.split())
