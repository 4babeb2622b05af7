"""`manage.py transcribe`: the same way as an upload's, from a terminal. The worker's steps run while it waits."""

import json
import os
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, OutputWrapper
from django.utils import timezone
from pytest_django import Settings

from api_project.work.alarms import alarm_raise
from api_project.work.models import Alarm
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import AUDIO, make_transcript
from transcripts.management.commands.transcribe import Command
from transcripts.models import Status, Transcript
from transcripts.provider_health import Operation
from transcripts.services import transcript_delete
from transcripts.terminal import NOT_TAKEN_UP, Follower, StatusLine

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]
ASKED_AGAIN = timedelta(hours=1)


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


class Shell:
    """Runs the command; each time it waits, the next thing of `meanwhile` happens."""

    def __init__(self) -> None:
        self.out, self.err = StringIO(), Terminal()
        self.meanwhile: deque[Callable[[], Any]] = deque()

    def run(self, *arguments: Any) -> str:
        command = Command()
        command.sleep = lambda seconds: self.meanwhile.popleft()()
        call_command(command, *map(str, arguments), stdout=self.out, stderr=self.err)
        return self.out.getvalue()


@pytest.fixture
def shell() -> Shell:
    return Shell()


@pytest.fixture
def audio(tmp_path: Path) -> Path:
    path = tmp_path / "talk.wav"
    path.write_bytes(AUDIO)
    return path


@pytest.fixture
def provider(assemblyai_fake: FakeAssemblyAI, run_due: RunDue, shell: Shell) -> FakeAssemblyAI:
    """AssemblyAI, and a worker that submits and fetches the result while the command waits."""

    def fetch() -> None:
        if assemblyai_fake.only_job["status"] == "queued":
            assemblyai_fake.complete(assemblyai_fake.only_job["id"], "Ask not what.")
        run_due("reconcile", after=ASKED_AGAIN)

    shell.meanwhile.extend([lambda: run_due("submit"), fetch])
    return assemblyai_fake


def test_it_prints_the_text_alone(shell: Shell, audio: Path, provider: FakeAssemblyAI) -> None:
    assert shell.run(audio) == "Ask not what.\n"
    assert list(provider.uploads.values()) == [AUDIO]


def test_the_file_stays_where_it_is(shell: Shell, audio: Path, provider: FakeAssemblyAI) -> None:
    shell.run(audio)
    assert audio.read_bytes() == AUDIO
    assert list(Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir()) == []


def test_it_prints_the_record_of_the_api_when_asked(shell: Shell, audio: Path, provider: FakeAssemblyAI) -> None:
    record = json.loads(shell.run(audio, "--json"))
    transcript = Transcript.objects.get()
    assert (record["id"], record["status"], record["text"]) == (str(transcript.pk), "completed", "Ask not what.")
    assert record["file"]["name"] == "talk.wav"


def test_the_transcript_is_the_first_users_unless_named(shell: Shell, audio: Path, provider: FakeAssemblyAI) -> None:
    shell.run(audio)
    assert Transcript.objects.get().owner.username == "admin"


def test_another_user_may_be_named_and_is_made(shell: Shell, audio: Path, provider: FakeAssemblyAI) -> None:
    shell.run(audio, "--user", "grace")
    assert Transcript.objects.get().owner.username == "grace"


def test_options_reach_the_provider(shell: Shell, audio: Path, provider: FakeAssemblyAI) -> None:
    shell.run(audio, "--option", "speaker_labels=true", "--option", 'keyterms_prompt=["ask"]')
    assert provider.only_job["speaker_labels"] is True
    assert provider.only_job["keyterms_prompt"] == ["ask"]


def test_a_failure_is_said_in_the_providers_words(shell: Shell, audio: Path, provider: FakeAssemblyAI) -> None:
    shell.meanwhile.insert(1, lambda: provider.fail(provider.only_job["id"], "It is silent."))
    with pytest.raises(CommandError, match="It is silent") as caught:
        shell.run(audio)
    assert caught.value.returncode == 1


def test_the_record_of_a_failure_is_printed_too(shell: Shell, audio: Path, provider: FakeAssemblyAI) -> None:
    shell.meanwhile.insert(1, lambda: provider.fail(provider.only_job["id"], "It is silent."))
    with pytest.raises(CommandError):
        shell.run(audio, "--json")
    assert json.loads(shell.out.getvalue())["error"]["message"] == "It is silent."


def test_it_shows_how_far_it_is_on_a_terminal(shell: Shell, audio: Path, provider: FakeAssemblyAI) -> None:
    shell.meanwhile.insert(1, lambda: Transcript.objects.update(progress=43))
    shell.run(audio)
    for state in ("reading 100 %", "queued", "processing", "processing 43 %"):
        assert f"talk.wav: {state}" in shell.err.getvalue()


def test_it_shows_nothing_where_there_is_no_terminal(shell: Shell, audio: Path, provider: FakeAssemblyAI) -> None:
    shell.err = StringIO()  # type: ignore[assignment]
    shell.run(audio)
    assert shell.err.getvalue() == ""


@pytest.mark.parametrize("content", [b"%PDF-1.7 and so on", b""])
def test_what_is_no_audio_is_refused_in_one_line(shell: Shell, audio: Path, content: bytes) -> None:
    audio.write_bytes(content)
    with pytest.raises(CommandError) as caught:
        shell.run(audio)
    assert caught.value.returncode == 2
    assert "\n" not in str(caught.value)
    assert not Transcript.objects.exists()
    assert list(Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir()) == []


def test_a_file_that_is_not_there_is_said_in_one_line(shell: Shell, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"^.*missing\.wav: No such file or directory$"):
        shell.run(tmp_path / "missing.wav")


def test_a_folder_is_not_a_file(shell: Shell, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Is a directory"):
        shell.run(tmp_path)


def test_a_pipe_is_not_waited_for(shell: Shell, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    with pytest.raises(CommandError, match=r"pipe\.wav: Not a regular file") as caught:
        shell.run(tmp_path / "pipe.wav")
    assert caught.value.returncode == 2


def test_a_device_is_no_recording(shell: Shell) -> None:
    with pytest.raises(CommandError, match="/dev/zero: Not a regular file"):
        shell.run("/dev/zero")


def test_an_odd_user_name_is_refused_in_one_line(shell: Shell, audio: Path) -> None:
    with pytest.raises(CommandError, match="valid username") as caught:
        shell.run(audio, "--user", "a b")
    assert caught.value.returncode == 2


def test_a_file_over_the_limit_is_refused(shell: Shell, audio: Path, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 10
    with pytest.raises(CommandError, match="larger than the limit of 10 bytes"):
        shell.run(audio)


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("webhook_url=1", "the service's own"),
        ("speakers_expected=2", "This needs `speaker_labels`"),
        ("language_code=en", "A text needs quotes"),
        ("language_code", "is not NAME=JSON"),
    ],
)
def test_a_bad_option_is_refused_before_anything_is_kept(shell: Shell, audio: Path, option: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        shell.run(audio, "--option", option)
    assert not Transcript.objects.exists()


def test_an_interrupt_leaves_it_running_and_says_where(shell: Shell, audio: Path) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    shell.meanwhile.append(interrupt)
    with pytest.raises(SystemExit) as caught:
        shell.run(audio)
    transcript = Transcript.objects.get()
    assert caught.value.code == 130
    assert transcript.status == Status.QUEUED
    assert f"http://127.0.0.1:8000/transcripts/{transcript.pk}/" in shell.err.getvalue()


def test_one_that_is_deleted_meanwhile_ends_the_command(shell: Shell, audio: Path) -> None:
    shell.meanwhile.append(lambda: transcript_delete(transcript=Transcript.objects.get()))
    with pytest.raises(CommandError, match="was deleted meanwhile"):
        shell.run(audio)


def test_an_alarm_is_told_in_full(shell: Shell, audio: Path, provider: FakeAssemblyAI) -> None:
    shell.meanwhile.appendleft(lambda: alarm_raise(Operation.SUBMIT, Alarm.Reason.CREDENTIALS, "The key is wrong."))
    shell.meanwhile.insert(1, lambda: Alarm.objects.all().delete())
    shell.run(audio)
    assert "The key is wrong." in shell.err.getvalue()


class Following:
    """A follower under a clock of its own: each wait takes a second, and what is planned for that second happens."""

    def __init__(self, transcript: Transcript) -> None:
        self.now = timezone.now()
        self.err = StringIO()
        self.plan: dict[int, Callable[[], Any]] = {}
        self._transcript = transcript
        self._waited = 0

    def run(self) -> str:
        Follower(StatusLine(OutputWrapper(self.err)), sleep=self._sleep, now=lambda: self.now).follow(
            self._transcript.pk
        )
        return self.err.getvalue()

    def _sleep(self, seconds: float) -> None:
        self._waited += 1
        self.now += timedelta(seconds=1)
        self.plan.get(self._waited, lambda: None)()
        if self._waited == 20:
            self.change(status=Status.COMPLETED, completed_at=self.now)

    def change(self, **columns: Any) -> None:
        Transcript.objects.filter(pk=self._transcript.pk).update(**columns)


def test_it_says_once_that_nobody_takes_it_up() -> None:
    assert Following(make_transcript()).run().count(NOT_TAKEN_UP) == 1


def test_it_says_nothing_while_a_worker_holds_it() -> None:
    following = Following(make_transcript())
    following.plan[2] = lambda: following.change(lease_until=following.now + timedelta(minutes=1))
    assert following.run() == ""


def test_it_notices_a_worker_that_has_gone() -> None:
    following = Following(make_transcript())
    following.plan[2] = lambda: following.change(lease_until=following.now + timedelta(seconds=3))
    assert NOT_TAKEN_UP in following.run()


def test_it_says_what_a_retry_waits_for() -> None:
    following = Following(make_transcript())
    following.plan[2] = lambda: following.change(
        waiting_for="retry", next_attempt_at=following.now + timedelta(minutes=1)
    )
    assert following.run() == "The last try did not get through; there will be another.\n"
