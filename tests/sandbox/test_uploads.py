import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sandbox.live import Receiver, SandboxProcess, wait_until


def files(sandbox: SandboxProcess) -> list[Path]:
    return list((sandbox.data_dir / "assemblyai" / "uploads").iterdir())


def send(sandbox: SandboxProcess, head: str, body: bytes) -> None:
    """Send a request by hand and hang up."""
    with socket.create_connection(("127.0.0.1", sandbox.port)) as connection:
        connection.sendall(f"POST /v2/upload HTTP/1.1\r\nHost: x\r\nAuthorization: sandbox\r\n{head}\r\n\r\n".encode())
        connection.sendall(body)


@pytest.fixture
def small_sandbox(start_sandbox: Callable[..., SandboxProcess]) -> SandboxProcess:
    return start_sandbox(MAX_UPLOAD_BYTES=1000)


def test_what_was_sent_is_stored(small_sandbox: SandboxProcess) -> None:
    url = small_sandbox.upload(b"a" * 1000)
    [stored] = files(small_sandbox)
    assert url == f"{small_sandbox.base_url}/upload/{stored.name}"
    assert stored.read_bytes() == b"a" * 1000


def test_nobody_else_can_read_an_upload(small_sandbox: SandboxProcess) -> None:
    url = small_sandbox.upload(b"audio")
    assert small_sandbox.call("GET", url.removeprefix(small_sandbox.base_url)).status_code == 404


@pytest.mark.parametrize(
    ("content", "status"), [(b"", 400), (b"a" * 1001, 413), ([b"a" * 600, b"a" * 600], 413), ([b""], 400)]
)
def test_an_empty_or_too_large_upload_is_refused(
    content: bytes | list[bytes], status: int, small_sandbox: SandboxProcess
) -> None:
    data = iter(content) if isinstance(content, list) else content
    answer = small_sandbox.call("POST", "/v2/upload", data=data)
    assert answer.status_code == status
    assert answer.json()["error"].startswith("Upload failed")
    assert files(small_sandbox) == []


@pytest.mark.parametrize(
    ("head", "body"),
    [("Content-Length: 900", b"a" * 100), ("Transfer-Encoding: chunked", b"64\r\n" + b"a" * 100 + b"\r\n")],
)
def test_a_body_cut_short_leaves_nothing(head: str, body: bytes, small_sandbox: SandboxProcess) -> None:
    send(small_sandbox, head, body)
    whole = small_sandbox.upload(b"whole")
    wait_until(lambda: [path.name for path in files(small_sandbox)] == [whole.rpartition("/")[2]])


def test_an_upload_of_another_account_cannot_be_transcribed(shared_sandbox: SandboxProcess, api_key: str) -> None:
    url = shared_sandbox.upload(b"audio")
    document = shared_sandbox.finished(shared_sandbox.submit(url, api_key=api_key)["id"], api_key)
    assert document["error"] == f"Download error, unable to access file at {url}"


def test_an_upload_outlives_a_strangers_job_for_it(shared_sandbox: SandboxProcess, api_key: str) -> None:
    url = shared_sandbox.upload(b"audio")
    made = shared_sandbox.submit(url, api_key=api_key)["id"]
    assert shared_sandbox.call("DELETE", f"/v2/transcript/{made}", api_key=api_key).status_code == 200
    assert shared_sandbox.finished(shared_sandbox.submit(url)["id"])["status"] == "completed"


def test_an_unknown_upload_fails_the_job(shared_sandbox: SandboxProcess) -> None:
    url = f"{shared_sandbox.base_url}/upload/00000000-0000-4000-8000-000000000000"
    document = shared_sandbox.finished(shared_sandbox.submit(url)["id"])
    assert document["error"] == f"Download error, unable to access file at {url}"


def test_a_deleted_transcript_takes_its_upload_along(start_sandbox: Callable[..., SandboxProcess]) -> None:
    sandbox = start_sandbox()
    made = sandbox.submit(sandbox.upload(b"audio"))
    sandbox.finished(made["id"])
    assert sandbox.call("DELETE", f"/v2/transcript/{made['id']}").json()["audio_url"] == "http://deleted_by_user"
    assert files(sandbox) == []
    assert b"audio_url" not in sandbox.call("GET", f"/v2/transcript/{made['id']}/srt").content


def test_a_job_can_be_deleted_while_it_runs(start_sandbox: Callable[..., SandboxProcess]) -> None:
    sandbox = start_sandbox(STUB_DELAY=30)
    made = sandbox.submit(sandbox.upload(b"audio"))
    wait_until(lambda: sandbox.get(made["id"])["status"] == "processing")
    assert sandbox.call("DELETE", f"/v2/transcript/{made['id']}").json()["text"] == "Deleted by user."
    assert sandbox.get(made["id"])["words"] is None


def test_uploads_expire(start_sandbox: Callable[..., SandboxProcess]) -> None:
    sandbox = start_sandbox()
    sandbox.upload(b"audio")
    sandbox.stop()
    sandbox.start(UPLOAD_HOURS=0)
    assert files(sandbox) == []


def test_files_that_were_never_acknowledged_are_removed_at_start(start_sandbox: Callable[..., SandboxProcess]) -> None:
    sandbox = start_sandbox()
    kept = sandbox.upload(b"audio")
    sandbox.kill()
    (sandbox.data_dir / "assemblyai" / "uploads" / "half.part").write_bytes(b"half")
    sandbox.start()
    assert [path.name for path in files(sandbox)] == [kept.rpartition("/")[2]]


def test_a_deleted_transcript_ends_the_open_jobs_that_share_its_upload(
    start_sandbox: Callable[..., SandboxProcess], receiver: Receiver
) -> None:
    sandbox = start_sandbox(STUB_DELAY=60, JOBS_AT_ONCE=2)
    url = sandbox.upload(b"audio")
    first, running, queued = (sandbox.submit(url, webhook_url=f"{receiver.url}/{n}")["id"] for n in range(3))
    wait_until(lambda: [sandbox.get(made)["status"] for made in (first, running)] == ["processing"] * 2)
    assert sandbox.get(queued)["status"] == "queued"
    sandbox.call("DELETE", f"/v2/transcript/{first}")
    for made in (running, queued):
        document = sandbox.get(made)
        assert (document["status"], document["error"]) == ("error", f"Download error, unable to access file at {url}")
    assert {receiver.next().json["transcript_id"] for _ in range(2)} == {running, queued}


def test_a_finished_transcript_outlives_its_upload(start_sandbox: Callable[..., SandboxProcess]) -> None:
    sandbox = start_sandbox()
    url = sandbox.upload(b"audio")
    first, other = (sandbox.finished(sandbox.submit(url)["id"]) for _ in range(2))
    sandbox.call("DELETE", f"/v2/transcript/{first['id']}")
    assert sandbox.get(other["id"]) == other


def test_an_expired_upload_ends_the_jobs_that_wait_for_it(start_sandbox: Callable[..., SandboxProcess]) -> None:
    sandbox = start_sandbox(STUB_DELAY=60)
    url = sandbox.upload(b"audio")
    made = sandbox.submit(url)["id"]
    sandbox.kill()
    sandbox.start(UPLOAD_HOURS=0)
    assert sandbox.get(made)["error"] == f"Download error, unable to access file at {url}"
