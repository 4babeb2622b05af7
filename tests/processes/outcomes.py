"""What must hold in the end, whatever was killed: seen by clients, in rows and files, and at the provider."""

import contextlib
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import requests

from sandbox.speech.stub import stub_words
from tests.processes.harness import Name, Service
from tests.processes.waiting import wait_until

MIB = 1024 * 1024


def audio(size: int = 5000) -> bytes:
    """Return what passes for a WAV file and is like no other."""
    head = b"RIFF\x24\x00\x00\x00WAVEfmt " + uuid4().bytes
    return head + bytes(size - len(head))


def settle(service: Service) -> None:
    """Wait until nothing is left to be done, here and at the provider."""

    def unsettled() -> list[str]:
        with contextlib.suppress(requests.ConnectionError):
            # In this order: what the provider has done and told is a row by now.
            return service.provider.unsettled() + service.rows.unsettled()
        return ["the provider does not answer"]

    wait_until(lambda: not unsettled(), lambda: f"all is settled: {unsettled()}\n{service.said()}")


def assert_each_completed_once(service: Service, accepted: Mapping[str, bytes]) -> None:
    """Settle, then compare all there is with the uploads that were accepted: nothing lost, doubled or left over."""
    settle(service)
    for transcript_id, content in accepted.items():
        record = service.client.get(transcript_id)
        assert (record["status"], record["error"]) == ("completed", None), service.said()
        assert _spoken(record["text"].split()) == _expected(content)
        assert _spoken(service.client.words(transcript_id)) == _expected(content)
    rows = service.rows
    assert rows.completions() == dict.fromkeys(accepted, 1)
    assert rows.results() == sorted(accepted)
    assert rows.audio_names() <= service.audio_files()
    # One live job for each, the very one that counts here, and no other.
    assert sorted(rows.transcripts()) == sorted(accepted)
    assert service.provider.live_jobs() == sorted(rows.transcripts().values())


def assert_nothing_left_after_delete(service: Service) -> None:
    """Delete every transcript there is; then neither we nor the provider hold anything of them."""
    for transcript_id in service.rows.transcripts():
        service.client.delete(transcript_id)
    assert_erased(service)


def assert_erased(service: Service) -> None:
    """Settle, then look whether what was deleted is gone, here and at the provider, when nothing else was there."""
    settle(service)
    assert remains(service) == []


def remains(service: Service) -> list[str]:
    """Return what is there of any transcript or upload; nothing when all was deleted and erased."""
    rows = service.rows
    of_rows = [*rows.transcripts(), *rows.results(), *rows.event_bodies(), *rows.told_bodies(), *rows.audio_names()]
    return [*of_rows, *service.files(), *service.provider.live_jobs()]


def assert_swept(service: Service) -> None:
    """Let the worker sweep, as it does at its start, after a long time has passed: only the files of rows are left."""
    service.grow_old()
    service.kill(Name.WORKER)
    known = service.rows.audio_names()
    wait_until(lambda: service.files() <= known, lambda: f"strays are gone: {service.files()}\n{service.said()}")
    assert service.files() == known


def _spoken(words: list[str]) -> list[str]:
    return [word.strip(".,?!").lower() for word in words]


def _expected(content: bytes) -> list[str]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "audio"
        path.write_bytes(content)
        return [word.text for word in stub_words(path)]
