"""Whatever is killed, nothing that was acknowledged is lost."""

import signal
from collections.abc import Callable

import pytest

from tests.sandbox.live import AUDIO, Receiver, SandboxProcess, wait_until


def test_a_queued_and_a_running_job_are_finished_after_a_kill(start_sandbox: Callable[..., SandboxProcess]) -> None:
    sandbox = start_sandbox(STUB_DELAY=60, JOBS_AT_ONCE=1)
    ids = [sandbox.submit(sandbox.upload(content))["id"] for content in (b"first", b"second")]
    wait_until(lambda: sandbox.get(ids[0])["status"] == "processing")
    assert sandbox.get(ids[1])["status"] == "queued"
    sandbox.kill()
    sandbox.start(STUB_DELAY=0)
    documents = [sandbox.finished(made) for made in ids]
    assert [document["status"] for document in documents] == ["completed", "completed"]
    assert documents[0]["text"] != documents[1]["text"]


@pytest.mark.parametrize("end", [SandboxProcess.kill, SandboxProcess.stop])
def test_an_acknowledged_upload_and_submission_survive(
    end: Callable[[SandboxProcess], object], start_sandbox: Callable[..., SandboxProcess], receiver: Receiver
) -> None:
    sandbox = start_sandbox(STUB_DELAY=60)
    url = sandbox.upload(b"audio")
    submitted = sandbox.submit(url, webhook_url=receiver.url)
    end(sandbox)
    sandbox.start(STUB_DELAY=0)
    assert sandbox.finished(submitted["id"])["status"] == "completed"
    assert sandbox.finished(sandbox.submit(url)["id"])["status"] == "completed"
    assert receiver.next().json["transcript_id"] == submitted["id"]


def test_a_finished_transcript_is_still_there(start_sandbox: Callable[..., SandboxProcess]) -> None:
    sandbox = start_sandbox()
    finished = sandbox.finished(sandbox.submit(sandbox.upload(b"audio"))["id"])
    sandbox.kill()
    sandbox.start()
    assert sandbox.get(finished["id"]) == finished


def test_a_job_that_the_process_dies_of_is_given_up(start_sandbox: Callable[..., SandboxProcess]) -> None:
    sandbox = start_sandbox(STUB_DELAY=60)
    made = sandbox.submit(sandbox.upload(b"poison"))["id"]
    for _ in range(5):
        wait_until(lambda: sandbox.get(made)["status"] == "processing")
        sandbox.kill()
        sandbox.start()
    document = sandbox.finished(made)
    assert document["status"] == "error"
    assert "several attempts" in document["error"]


def test_orderly_restarts_are_not_held_against_a_job(start_sandbox: Callable[..., SandboxProcess]) -> None:
    sandbox = start_sandbox(STUB_DELAY=60)
    made = sandbox.submit(sandbox.upload(b"long"))["id"]
    for _ in range(6):
        wait_until(lambda: sandbox.get(made)["status"] == "processing")
        sandbox.stop()
        sandbox.start()
    wait_until(lambda: sandbox.get(made)["status"] == "processing")
    sandbox.stop()
    sandbox.start(STUB_DELAY=0)
    assert sandbox.finished(made)["status"] == "completed"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("engine", ["stub", "pocketsphinx"])
def test_an_orderly_end_is_no_failure(number: int, engine: str, start_sandbox: Callable[..., SandboxProcess]) -> None:
    sandbox = start_sandbox(ENGINE=engine, PROCESSES=1, STUB_DELAY=60)
    made = sandbox.submit(sandbox.upload((AUDIO / "questions.mp3").read_bytes()))["id"]
    wait_until(lambda: sandbox.get(made)["status"] != "queued")
    assert sandbox.stop(number) == 0
    assert "Traceback" not in sandbox.describe()


def test_a_real_recognition_that_was_killed_is_done_again(start_sandbox: Callable[..., SandboxProcess]) -> None:
    sandbox = start_sandbox(ENGINE="pocketsphinx", PROCESSES=1)
    made = sandbox.submit(sandbox.upload((AUDIO / "meeting.flac").read_bytes()))["id"]
    wait_until(lambda: sandbox.get(made)["status"] == "processing")
    sandbox.kill()
    sandbox.start()
    assert "second floor" in sandbox.finished(made)["text"]
