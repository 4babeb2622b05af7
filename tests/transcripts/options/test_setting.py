"""The operator's list of further options, as a process reads it."""

import sys
from pathlib import Path

import pytest

from tests.project.test_settings import SHOW, read, run

NAME = "ASSEMBLYAI_EXTRA_OPTIONS"


def test_names_are_parted_by_commas_and_dots_lead_into_options(tmp_path: Path) -> None:
    found = read(tmp_path, NAME, **{NAME: "redact_static_entities, speaker_options.new"})
    assert found == {NAME: ["redact_static_entities", "speaker_options.new"]}


def test_there_are_none_unless_given(tmp_path: Path) -> None:
    assert read(tmp_path, NAME) == {NAME: []}


@pytest.mark.parametrize(
    "name", ["webhook_url", "webhook_auth_header_value", "audio_url", "raw_transcription_config", "A", "a.", "a b", "ä"]
)
def test_a_name_that_may_never_be_passed_on_ends_the_start(name: str, tmp_path: Path) -> None:
    ended = run(tmp_path, [sys.executable, "-c", SHOW, NAME], **{NAME: f"fine,{name}"})
    assert ended.returncode != 0
    last = ended.stderr.strip().splitlines()[-1]
    assert NAME in last and name in last and "webhook_*" in last
