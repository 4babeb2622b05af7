"""The options as the service sends them, at the sandbox."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from tests.sandbox.live import SandboxProcess
from tests.transcripts.options.faults import with_companions
from transcripts.assemblyai import submit_transcript
from transcripts.exceptions import ProviderRejected
from transcripts.options.examples import EXAMPLES

EXTRA: dict[str, Any] = {"redact_static_entities": {"INTERNAL": ["Bearclaw"]}}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    sandbox = SandboxProcess(tmp_path_factory.mktemp("options") / "data", EXTRA_OPTIONS=",".join(EXTRA))
    yield sandbox.start()
    sandbox.stop()


@pytest.fixture
def sandbox(running: SandboxProcess, settings: Settings) -> SandboxProcess:
    settings.ASSEMBLYAI_BASE_URL, settings.ASSEMBLYAI_API_KEY = running.base_url, "sandbox"
    return running


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_knows_every_option(name: str, sandbox: SandboxProcess) -> None:
    options = with_companions(name, EXAMPLES[name])
    document = sandbox.get(submit_transcript(sandbox.upload(b"audio"), options, None))
    assert {name: document[name] for name in options} == options


def test_the_operators_options_get_there(sandbox: SandboxProcess) -> None:
    document = sandbox.finished(submit_transcript(sandbox.upload(b"audio"), EXTRA, None))
    assert document["redact_static_entities"] == EXTRA["redact_static_entities"]
    assert "redact_static_entities" in document["metadata"]["warnings"][0]["message"]


def test_what_neither_knows_is_refused_in_its_words(sandbox: SandboxProcess) -> None:
    with pytest.raises(ProviderRejected, match="whisper is not known"):
        submit_transcript(sandbox.upload(b"audio"), {"whisper": 1}, None)
