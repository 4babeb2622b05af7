"""Redacted audio is fetched once from AssemblyAI, before it is gone there, and whatever goes wrong in between."""

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from pytest_django import Settings

from api_project.work.exceptions import LeaseLost
from api_project.work.models import Alarm
from api_project.work.runner import run_step
from tests.api import audio_folder, upload_folder
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import claim_one, make_url_transcript
from tests.http.host import Host, says
from tests.provider_fixtures import step_named
from tests.transcripts.ending import make_completed, make_failed
from tests.transcripts.listening.redacting import REDACTED, REDACTING
from transcripts.applying import apply_callback
from transcripts.listening import fetching
from transcripts.models import RedactedAudio, Transcript, Usage
from transcripts.services import transcript_delete
from transcripts.steps import remove_strays

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]
LATER = timedelta(hours=1)
STEP = "redacted-audio"


def answers(body: bytes = b"", *, status: int = 200, length: int | None = None) -> Callable[[Any], None]:
    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body) if length is None else length}\r\n\r\n"
    return says(head.encode() + body)


def test_it_is_kept_beside_the_original(made: Transcript, run_due: RunDue) -> None:
    redacted = run_due(STEP)

    assert (redacted.status, redacted.size, redacted.content_type) == ("stored", len(REDACTED), "audio/mpeg")
    assert redacted.sha256 == sha256(REDACTED).hexdigest()
    assert Path(redacted.audio.path).read_bytes() == REDACTED
    assert Path(made.audio.path).exists()
    assert redacted.next_attempt_at is None
    assert upload_folder() == []


def test_it_counts_as_stored_by_its_owner(made: Transcript, stored: RedactedAudio) -> None:
    made.refresh_from_db()

    assert made.stored_bytes == (made.file_size or 0) + len(REDACTED)
    assert Usage.objects.get().stored_bytes == made.stored_bytes


def test_nobody_but_who_asked_for_it_has_one(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_completed(assemblyai_fake, run_due)
    assert not RedactedAudio.objects.exists()


def test_a_failed_transcript_has_none(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    transcript = make_failed(assemblyai_fake, run_due)
    Transcript.objects.filter(pk=transcript.pk).update(options={"redact_pii_audio": True})
    assert not RedactedAudio.objects.exists()


def test_it_is_asked_for_again_until_it_is_made(
    assemblyai_fake: FakeAssemblyAI, completed: Transcript, host: Host, run_due: RunDue
) -> None:
    assert run_due(STEP).status == "pending"
    assert run_due(STEP, after=LATER).status == "pending"
    assemblyai_fake.redacted[completed.provider_id] = host.url
    assert run_due(STEP, after=2 * LATER).status == "stored"
    assert not Alarm.objects.exists()


def test_our_key_is_not_shown_to_who_keeps_it(made: Transcript, host: Host, run_due: RunDue) -> None:
    run_due(STEP)

    assert host.asked.startswith(b"GET /path?a=1 ")
    assert django_settings.ASSEMBLYAI_API_KEY.encode() not in host.asked
    assert b"authorization" not in host.asked.lower()


def test_it_is_given_up_when_it_was_not_made_within_a_day(completed: Transcript, run_due: RunDue) -> None:
    made_at = timezone.now() - fetching.KEPT_FOR - LATER
    Transcript.objects.update(completed_at=made_at)
    redacted = run_due(STEP)

    assert (redacted.status, redacted.error_code) == ("failed", "gave_up")
    assert redacted.next_attempt_at is None


def test_there_being_none_may_mean_not_yet_and_later_is_believed(
    assemblyai_fake: FakeAssemblyAI, completed: Transcript, run_due: RunDue
) -> None:
    assemblyai_fake.fail_next(400, "no longer available")
    assert run_due(STEP).status == "pending"
    Transcript.objects.update(completed_at=timezone.now() - fetching.MADE_WITHIN - timedelta(minutes=1))
    assemblyai_fake.fail_next(400, "no longer available")
    redacted = run_due(STEP, after=LATER)

    assert (redacted.status, redacted.error_code) == ("failed", "missing_at_provider")
    assert redacted.error_message == "no longer available"


@pytest.mark.parametrize("status", [401, 402, 403])
def test_refused_credentials_make_it_wait_and_raise_an_alarm_of_its_own(
    assemblyai_fake: FakeAssemblyAI, made: Transcript, run_due: RunDue, status: int
) -> None:
    RedactedAudio.objects.update(failing_since=timezone.now() - 10 * fetching.KEPT_FOR)
    assemblyai_fake.fail_next(status)
    assert run_due(STEP).status == "pending"
    assert Alarm.objects.get(cleared_at=None).key == "assemblyai.redacted_audio"
    assert run_due(STEP, after=LATER).status == "stored"
    assert not Alarm.objects.filter(cleared_at=None).exists()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_answer_that_fails_is_asked_for_again(
    assemblyai_fake: FakeAssemblyAI, made: Transcript, run_due: RunDue, status: int
) -> None:
    assemblyai_fake.fail_next(status)
    assert run_due(STEP).status == "pending"
    assert run_due(STEP, after=LATER).status == "stored"


def test_a_provider_that_is_away_is_asked_again(
    assemblyai_fake: FakeAssemblyAI, made: Transcript, run_due: RunDue
) -> None:
    assemblyai_fake.break_next(httpx.ConnectError("refused"))
    assert run_due(STEP).status == "pending"
    assert run_due(STEP, after=LATER).status == "stored"


@pytest.mark.parametrize(
    "behaviour",
    [
        answers(status=403),
        answers(status=404),
        answers(status=500),
        answers(status=302),
        answers(REDACTED[:1000], length=len(REDACTED)),
        answers(b""),
        answers(b"<html>sign in</html>".ljust(5000)),
        says(b"nonsense\r\n\r\n"),
        says(b""),
    ],
    ids=["expired", "gone", "broken", "elsewhere", "cut off", "empty", "no audio", "nonsense", "nothing"],
)
def test_a_download_that_fails_leaves_nothing_and_is_tried_again(
    made: Transcript, host: Host, run_due: RunDue, behaviour: Any
) -> None:
    good, host.behaviour = host.behaviour, behaviour
    redacted = run_due(STEP)
    assert (redacted.status, redacted.audio.name) == ("pending", "")
    assert redacted.failing_since is not None
    assert (len(audio_folder()), upload_folder()) == (1, [])
    host.behaviour = good
    assert run_due(STEP, after=LATER).status == "stored"


def test_one_that_fails_for_as_long_as_it_is_kept_is_given_up(made: Transcript, host: Host, run_due: RunDue) -> None:
    RedactedAudio.objects.update(failing_since=timezone.now() - fetching.KEPT_FOR)
    host.behaviour = answers(status=500)
    redacted = run_due(STEP)

    assert (redacted.status, redacted.error_code) == ("failed", "gave_up")
    assert "500" in redacted.error_message


def test_work_on_it_that_crashes_over_and_over_ends(made: Transcript, run_due: RunDue) -> None:
    RedactedAudio.objects.update(crashes=50)
    redacted = run_due(STEP)
    assert (redacted.status, redacted.error_code) == ("failed", "crashed")


def test_one_that_is_larger_than_any_upload_is_not_taken(made: Transcript, run_due: RunDue, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = len(REDACTED) - 1
    redacted = run_due(STEP)

    assert (redacted.status, redacted.error_code) == ("failed", "too_large")
    assert (len(audio_folder()), upload_folder()) == (1, [])


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/latest", "http://10.0.0.1/a", "file:///etc/passwd", "http://a:b@127.0.0.1/x"]
)
def test_an_address_inside_of_our_network_is_not_asked(
    assemblyai_fake: FakeAssemblyAI, made: Transcript, run_due: RunDue, url: str
) -> None:
    assemblyai_fake.redacted[made.provider_id] = url
    redacted = run_due(STEP)
    assert (redacted.status, redacted.error_code) == ("failed", "refused_address")


def test_only_the_sandbox_is_on_this_machine_and_without_tls(
    made: Transcript, run_due: RunDue, settings: Settings
) -> None:
    settings.SANDBOX = False
    redacted = run_due(STEP)
    assert (redacted.status, redacted.error_code) == ("failed", "refused_address")


def test_a_full_disk_makes_it_wait(made: Transcript, run_due: RunDue, monkeypatch: Any) -> None:
    def full(*args: Any) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("transcripts.storage.DurableFileSystemStorage._save", full)
        assert run_due(STEP).status == "pending"
    assert upload_folder() == []
    assert run_due(STEP, after=LATER).status == "stored"


def test_what_a_killed_try_left_is_taken_away_by_the_next(made: Transcript, run_due: RunDue) -> None:
    left = Path(made.audio.path).with_name("01a20453-9e72-7d4e-be35-76338108d082")
    left.write_bytes(b"half")
    name = f"{Path(made.audio.name or '').parent}/{left.name}"
    RedactedAudio.objects.update(audio=name)
    redacted = run_due(STEP)

    assert (redacted.status, left.exists()) == ("stored", False)
    assert redacted.audio.name != name
    assert len(audio_folder()) == 2


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture
def killed(assemblyai_fake: FakeAssemblyAI, host: Host, run_due: RunDue, monkeypatch: Any) -> Transcript:
    """Return a transcript of an address whose redacted audio, the first file of all, was about to be moved."""
    transcript = make_url_transcript(options=REDACTING)
    run_due("submit")
    transcript.refresh_from_db()
    assemblyai_fake.complete(transcript.provider_id)
    assemblyai_fake.redacted[transcript.provider_id] = host.url
    apply_callback(transcript.id, 1, transcript.provider_id)
    for folder in Path(django_settings.AUDIO_DIR).iterdir():
        shutil.rmtree(folder)

    def die(*args: Any) -> str:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr("transcripts.storage.DurableFileSystemStorage._save", die)
        run_due(STEP)
    assert RedactedAudio.objects.get().audio
    return transcript


def test_a_try_that_was_killed_before_its_file_was_there_is_followed_by_another(
    killed: Transcript, run_due: RunDue
) -> None:
    assert run_due(STEP, after=LATER).status == "stored"


def test_a_try_that_was_killed_before_its_file_was_there_is_erased(killed: Transcript, run_due: RunDue) -> None:
    transcript_delete(transcript=killed)
    run_due("erase")
    assert not RedactedAudio.objects.exists()


@pytest.mark.parametrize("erased", [False, True])
def test_one_that_is_deleted_while_it_is_fetched_leaves_no_file(
    made: Transcript, run_due: RunDue, erased: bool
) -> None:
    redacted, lease = claim_one(step_named(STEP))
    transcript_delete(transcript=made)
    if erased:
        run_due("erase")
    run_step(step_named(STEP), redacted, lease)

    assert len(audio_folder()) == (0 if erased else 1)
    assert upload_folder() == []
    assert not RedactedAudio.objects.exclude(audio="").exists()


def test_one_whose_row_is_lost_at_the_last_moment_takes_its_file_away(
    made: Transcript, run_due: RunDue, monkeypatch: Any
) -> None:
    redacted, lease = claim_one(step_named(STEP))
    finish = lease.finish

    def too_late(**changes: Any) -> None:
        transcript_delete(transcript=made)
        finish(**changes)

    monkeypatch.setattr(lease, "finish", too_late)
    with pytest.raises(LeaseLost):
        fetching.fetch_redacted_audio(redacted, lease)
    assert len(audio_folder()) == 1


def test_erasing_takes_it_away(assemblyai_fake: FakeAssemblyAI, stored: RedactedAudio, run_due: RunDue) -> None:
    transcript_delete(transcript=stored.transcript)
    run_due("erase")

    assert (audio_folder(), RedactedAudio.objects.count()) == ([], 0)
    assert Usage.objects.get().stored_bytes == 0


def test_erasing_takes_away_what_a_killed_try_left(made: Transcript, run_due: RunDue) -> None:
    left = Path(made.audio.path).with_name("01a20453-9e72-7d4e-be35-76338108d082")
    left.write_bytes(b"half")
    RedactedAudio.objects.update(audio=f"{Path(made.audio.name or '').parent}/{left.name}")
    transcript_delete(transcript=made)
    run_due("erase")
    assert audio_folder() == []


def test_nobody_fetches_what_was_deleted(made: Transcript) -> None:
    transcript_delete(transcript=made)
    assert not step_named(STEP).due(timezone.now() + 10 * LATER).exists()


def test_the_sweep_of_strays_knows_it(stored: RedactedAudio) -> None:
    stray = Path(stored.audio.path).with_name("01a20453-9e72-7d4e-be35-76338108d082")
    stray.write_bytes(b"stray")
    for path in audio_folder():
        os.utime(path, (0, 0))
    remove_strays()

    assert stray not in audio_folder()
    assert len(audio_folder()) == 2
