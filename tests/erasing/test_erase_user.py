"""Erasing a user by the command: what is told, what is left, and doing it again."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from api_project.rest.api_keys.services import api_key_create
from api_project.rest.erasing import services
from api_project.rest.erasing.registry import erasers
from api_project.rest.erasing.services import user_count, user_erase
from api_project.rest.exceptions import AccountClosed
from api_project.rest.models import ApiKey
from api_project.rest.sign_in import sign_in_link
from api_project.work.leases import claim
from tests.api import TRANSCRIPTS, api_client, audio_folder
from tests.assemblyai_fake import FakeAssemblyAI
from tests.erasing.belongings import RunDue, make_belongings
from tests.factories import LEASE, make_transcript, make_user
from tests.provider_fixtures import step_named
from transcripts import user_erasing
from transcripts.models import Submission, Transcript, TranscriptMove, Usage
from transcripts.services import transcript_create

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> User:
    ada = make_user()
    make_belongings(ada, assemblyai_fake, run_due)
    return ada


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, list[int]]:
    """Return the table that the command printed."""
    lines = [line for line in capsys.readouterr().out.splitlines() if line[-1:].isdigit()]
    return {line[:28].strip(): [int(cell) for cell in line[28:].split()] for line in lines}


def test_it_says_what_was_erased(ada: User, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("erase_user", "ada", "--yes")

    assert told(capsys) == {
        "notes of what was done": [1, 0],
        "API keys": [1, 0],
        "sessions": [1, 0],
        "idempotency keys": [1, 0],
        "transcripts": [1, 0],
        "texts with their words": [1, 0],
        "audio files": [2, 0],
        "search entries": [1, 0],
        "copies at the provider": [1, 0],
        "reasons in the log of moves": [3, 0],
        "usage": [1, 0],
        "received events": [1, 0],
        "webhook endpoints": [1, 0],
        "signing secrets": [2, 0],
        "events": [1, 0],
        "deliveries": [1, 0],
        "account": [1, 0],
    }


def test_a_dry_run_counts_and_erases_nothing(ada: User, capsys: pytest.CaptureFixture[str]) -> None:
    before = user_count(user=ada)
    call_command("erase_user", "ada", "--dry-run")

    assert told(capsys) == {name: [count] for name, count in before.items()}
    assert user_count(user=User.objects.get(username="ada")) == before


def test_a_session_is_looked_into_once(ada: User) -> None:
    assert user_count(user=ada)["sessions"] == 1
    Session.objects.update(session_data="not to be read again")

    assert user_count(user=ada)["sessions"] == 1
    assert {tally.name: tally.left for tally in user_erase(user=ada)}["sessions"] == 0
    assert not Session.objects.exists()


@pytest.mark.parametrize("answer", ["", "yes", "Ada"])
def test_without_the_name_typed_again_nothing_is_erased(
    ada: User, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr("builtins.input", lambda prompt: answer)
    with pytest.raises(CommandError, match="Nothing was erased"):
        call_command("erase_user", "ada")
    assert User.objects.get(username="ada").is_active


def test_the_name_typed_again_is_enough(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda prompt: "ada")
    call_command("erase_user", "ada")
    assert not User.objects.filter(username="ada").exists()


def test_an_unknown_user_is_told() -> None:
    with pytest.raises(CommandError, match="There is no user 'nobody'"):
        call_command("erase_user", "nobody", "--yes")


def test_the_account_stays_without_its_name_and_signs_nobody_in(ada: User) -> None:
    link = sign_in_link(ada, "")
    client = api_client()
    User.objects.filter(pk=ada.pk).update(email="ada@example.com", first_name="Ada", is_superuser=True)
    call_command("erase_user", "ada", "--yes")
    ada.refresh_from_db()

    assert (ada.username, ada.email, ada.first_name, ada.last_login) == (f"erased-{ada.pk}", "", "", None)
    assert (ada.is_active, ada.is_superuser, ada.has_usable_password()) == (False, False, False)
    assert client.get(TRANSCRIPTS).status_code == 401
    assert Client().get(link).status_code == 403
    assert Transcript.objects.get().owner == ada


def test_what_is_a_strangers_stays(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, ada: User, django_user_model: Any
) -> None:
    grace = make_user("grace")
    transcript = make_belongings(grace, assemblyai_fake, run_due)
    before, files = user_count(user=grace), len(audio_folder())
    call_command("erase_user", "ada", "--yes")

    assert user_count(user=grace) == before
    assert set(assemblyai_fake.jobs) == {transcript.provider_id}
    assert len(audio_folder()) == files - 2
    assert set(ApiKey.objects.values_list("user", flat=True)) == {grace.pk}
    assert Session.objects.count() == 1
    transcript.refresh_from_db()
    assert (transcript.deleted_at, transcript.result.text[:5]) == (None, "Hello")


def test_what_the_provider_keeps_is_told_and_left_to_the_worker(
    assemblyai_fake: FakeAssemblyAI, ada: User, run_due: RunDue, capsys: pytest.CaptureFixture[str]
) -> None:
    assemblyai_fake.break_next(httpx.ConnectError("refused"))
    with pytest.raises(CommandError, match="The worker goes on") as caught:
        call_command("erase_user", "ada", "--yes")

    table = told(capsys)
    assert caught.value.returncode == 1
    assert {name: left for name, (_, left) in table.items() if left} == {
        "transcripts": 1,
        "copies at the provider": 1,
    }
    assert f"erase_user erased-{ada.pk} --dry-run" in str(caught.value)
    Submission.objects.update(next_attempt_at=timezone.now())
    run_due("discard")
    run_due("erase")
    assert assemblyai_fake.jobs == {}
    assert Transcript.objects.get().erased_at is not None


def test_it_can_be_done_again_until_nothing_is_left(assemblyai_fake: FakeAssemblyAI, ada: User) -> None:
    assemblyai_fake.break_next(httpx.ConnectError("refused"))
    with pytest.raises(CommandError):
        call_command("erase_user", "ada", "--yes")
    call_command("erase_user", f"erased-{ada.pk}", "--yes")
    call_command("erase_user", f"erased-{ada.pk}", "--yes")

    assert set(user_count(user=User.objects.get(pk=ada.pk)).values()) == {0}


@pytest.mark.parametrize("part", range(4))
def test_an_interruption_is_made_good_by_doing_it_again(ada: User, monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    class Interrupted(Exception):
        pass

    def interrupt(user: User) -> None:
        raise Interrupted

    broken = [*erasers[:part], replace(erasers[part], erase=interrupt), *erasers[part + 1 :]]
    with monkeypatch.context() as patch:
        patch.setattr(services, "erasers", broken)
        with pytest.raises(Interrupted):
            user_erase(user=ada)
    # The name goes last: whoever was interrupted finds the user by it.
    call_command("erase_user", "ada", "--yes")
    assert set(user_count(user=User.objects.get(pk=ada.pk)).values()) == {0}


def test_what_a_worker_has_in_hand_is_waited_for(ada: User) -> None:
    from transcripts.services import transcript_delete

    transcript_delete(transcript=Transcript.objects.get())
    ((row, lease),) = claim(step_named("erase"), limit=1, now=timezone.now(), lease_for=LEASE)
    waits = []

    def work_meanwhile(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            step_named("erase").run(row, lease)

    user_erasing.run_own_steps(ada, sleep=work_meanwhile)
    assert len(waits) == 3
    assert Transcript.objects.get().erased_at is not None


def test_without_the_providers_key_its_copies_are_left_to_the_worker(
    assemblyai_fake: FakeAssemblyAI, ada: User, settings: Any
) -> None:
    settings.ASSEMBLYAI_API_KEY = ""
    asked = len(assemblyai_fake.requests)
    with pytest.raises(CommandError, match="copies at the provider"):
        call_command("erase_user", "ada", "--yes")
    assert len(assemblyai_fake.requests) == asked


def test_a_transcript_that_was_never_submitted_goes_too(assemblyai_fake: FakeAssemblyAI) -> None:
    path = Path(make_transcript().audio.path)
    call_command("erase_user", "ada", "--yes")

    assert Transcript.objects.get().erased_at is not None
    assert not path.exists()
    assert assemblyai_fake.requests == []


def test_nothing_comes_into_being_for_somebody_who_is_erased(ada: User) -> None:
    user_erase(user=ada)
    with pytest.raises(AccountClosed):
        transcript_create(owner=ada, audio_url="https://example.com/a.mp3")
    with pytest.raises(AccountClosed):
        api_key_create(user=ada, name="k", scope="read")
    assert (Transcript.objects.count(), TranscriptMove.objects.exclude(reason="").count()) == (1, 0)
    assert not Usage.objects.exists()
