"""The shape of a log line."""

import logging
import sys

import pytest
from django.test import Client

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


def test_a_sentence_cannot_have_fields_of_its_own() -> None:
    expected = "Not Found: /z action\\x3dalarm.outage status_code=404"
    assert line("Not Found: /z action=alarm.outage", status_code=404).endswith(expected)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a b", '"a b"'),
        ('a" action=alarm', r'"a\" action\x3dalarm"'),
        ("a action=alarm", r'"a action\x3dalarm"'),
        ("a=b", r"a\x3db"),
        ("a b\\", r'"a b\\"'),
        ('"', r'"\""'),
    ],
)
def test_a_value_ends_where_it_ends(value: str, shown: str) -> None:
    assert line("Done.", given=value, zone="UTC").endswith(f"Done. given={shown} zone=UTC")


def test_a_traceback_has_no_line_like_the_logs_own() -> None:
    record = logging.LogRecord("transcripts", logging.ERROR, "file.py", 1, "It broke.", None, None)
    try:
        raise ValueError("a\n2026-01-01T00:00:00.000Z ERROR transcripts: Forged. action=alarm")
    except ValueError:
        record.exc_info = sys.exc_info()
    first, *others = LineFormatter().format(record).splitlines()
    assert first.endswith("It broke.")
    assert len(others) > 2
    assert all(line.startswith("  ") for line in others)


def test_a_host_that_is_not_ours_is_one_line_for_the_operator(caplog: pytest.LogCaptureFixture) -> None:
    response = Client(headers={"Host": "evil.example"}).get("/sign-in/")
    (record,) = caplog.records
    said = LineFormatter().format(record)
    assert (record.levelname, record.name) == ("WARNING", "django.security.DisallowedHost")
    assert "ALLOWED_HOSTS" in said
    assert "\n" not in said
    assert response.status_code == 400
    assert b"ALLOWED_HOSTS" not in response.content
