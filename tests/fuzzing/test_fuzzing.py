"""For some time; `make fuzz` does the same for longer."""

import sys
from pathlib import Path

import pytest

from tests.fuzzing import answers
from tests.fuzzing.service import SCHEMA, fuzz, target

SECONDS = 60
SEED = 1
LONGEST_REPORT = 20_000


@pytest.mark.database
@pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
def test_whatever_is_asked_is_answered_as_described(tmp_path: Path) -> None:
    with target(tmp_path) as found:
        done = fuzz(found, seconds=SECONDS, seed=SEED)
        log, answered = found.log, answers.read(found.answers)

    assert done.returncode == 0, (done.stdout + done.stderr)[-LONGEST_REPORT:]
    assert "Traceback" not in log, log[-LONGEST_REPORT:]
    assert answers.lacking(answered, SCHEMA, least=1) == {}
