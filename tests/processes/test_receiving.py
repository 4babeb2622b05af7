"""SIGKILL to the processes that serve the web, while they receive an upload."""

import contextlib
import socket

import pytest

from tests.processes.harness import Name, Service
from tests.processes.outcomes import (
    MIB,
    assert_each_completed_once,
    assert_nothing_left_after_delete,
    assert_swept,
    audio,
)

WEB = (Name.WEB_WORKER, Name.GRANIAN, Name.ALL)

by_name = pytest.mark.parametrize("name", WEB, ids=str)


def kill_at(service: Service, point: str, name: Name) -> None:
    pid = service.reached(point)
    service.kill(name, pid)


@by_name
def test_half_a_body_leaves_nothing(service: Service, name: Name) -> None:
    content = audio(3 * MIB)
    service.arm("body-half-read")
    with socket.create_connection(("127.0.0.1", service.client.port)) as client:
        client.sendall(service.client.head_of_upload(len(content)) + content[: len(content) // 2])
        kill_at(service, "body-half-read", name)
        assert answer_on(client) == b""
    assert service.files()
    assert service.rows.transcripts() == {}
    assert_swept(service)


@by_name
def test_a_file_without_a_row_is_swept_away(service: Service, name: Name) -> None:
    known = audio()
    accepted = {service.client.upload(known): known}
    service.arm("file-moved")
    answer = service.client.upload_aside(audio())
    kill_at(service, "file-moved", name)
    assert answer.result() == ""
    assert len(service.audio_files()) == 2
    assert_each_completed_once(service, accepted)
    assert_swept(service)
    assert_nothing_left_after_delete(service)


@by_name
def test_a_committed_row_completes_though_its_client_got_no_answer(service: Service, name: Name) -> None:
    content = audio()
    service.arm("row-not-answered")
    answer = service.client.upload_aside(content)
    kill_at(service, "row-not-answered", name)
    assert answer.result() == ""
    (transcript_id,) = service.rows.transcripts()
    assert_each_completed_once(service, {transcript_id: content})
    assert_nothing_left_after_delete(service)


@pytest.mark.parametrize("name", [Name.WORKER, Name.SANDBOX], ids=str)
def test_an_upload_goes_on_while_others_are_killed(service: Service, name: Name) -> None:
    content = audio(3 * MIB)
    service.arm("body-half-read")
    answer = service.client.upload_aside(content)
    service.reached("body-half-read")
    service.kill(name)
    service.release("body-half-read")
    assert_each_completed_once(service, {answer.result(): content})
    assert_nothing_left_after_delete(service)


@pytest.mark.parametrize("name", [*WEB, Name.SANDBOX], ids=str)
def test_a_webhook_that_got_no_answer_is_applied_once(service: Service, name: Name) -> None:
    content = audio()
    service.arm("webhook-stored")
    accepted = {service.client.upload(content): content}
    kill_at(service, "webhook-stored", name)
    service.release("webhook-stored")
    assert_each_completed_once(service, accepted)
    # It was sent again, and is known to be the same.
    assert service.rows.events(*accepted) == [("applied", "")]
    assert_nothing_left_after_delete(service)


def answer_on(client: socket.socket) -> bytes:
    """Return what the server answers until it closes or is gone."""
    client.settimeout(30)
    with contextlib.suppress(ConnectionResetError):
        return client.recv(4096)
    return b""
