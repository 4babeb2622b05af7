"""Whether a run has seen what it should."""

from pathlib import Path

import pytest

from tests.fuzzing import answers
from tests.fuzzing.service import SCHEMA as DESCRIBED

SCHEMA = """
paths:
  /things/:
    parameters: []
    get: {responses: {200: {}, '206': {}, 404: {}}}
    post: {responses: {'201': {}, 400: {}}}
"""


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    file = tmp_path / "schema.yml"
    file.write_text(SCHEMA)
    return file


def test_a_success_that_was_seldom_seen_is_told(schema: Path, tmp_path: Path) -> None:
    notes = tmp_path / "answers.txt"
    for method, status in [("get", 200), ("get", 200), ("get", 404), ("post", 400), ("get", 206)]:
        answers.note(notes, method, "/things/", status)

    seen = answers.read(notes)
    assert answers.lacking(seen, schema, least=1) == {"POST /things/ 201": 0}
    assert answers.lacking(seen, schema, least=2) == {"GET /things/ 206": 1, "POST /things/ 201": 0}


def test_nothing_was_seen_where_nothing_was_written_down(schema: Path, tmp_path: Path) -> None:
    assert len(answers.lacking(answers.read(tmp_path / "none.txt"), schema, least=1)) == 3


def test_exceptions_are_about_what_is_described() -> None:
    assert answers.SELDOM.keys() <= set(answers.successes(DESCRIBED))
