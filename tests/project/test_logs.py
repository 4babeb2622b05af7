"""The shape of a log line."""

import logging

from api_project.logs import LineFormatter


def line(message: str, **extra: object) -> str:
    record = logging.LogRecord("transcripts", logging.INFO, "file.py", 1, message, None, None)
    record.created = 0.0
    vars(record).update(extra)
    return LineFormatter().format(record)


def test_a_line_is_a_sentence_and_its_action() -> None:
    expected = "1970-01-01T00:00:00.000Z INFO transcripts: Submitted. action=transcript.submitted transcript=7"
    assert line("Submitted.", transcript=7, action="transcript.submitted") == expected


def test_the_request_id_is_left_out_where_there_is_none() -> None:
    assert line("Done.", request_id="-").endswith("Done.")
    assert line("Done.", request_id="abc").endswith("Done. request_id=abc")


def test_a_value_cannot_write_a_line_of_its_own() -> None:
    assert line("Name a\nb.", name_given="c\r\nd e").endswith('Name a\\nb. name_given="c\\r\\nd e"')
