import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from api_project.work.alarms import PROBE_EVERY, alarm_clear, alarm_open, alarm_raise
from api_project.work.leases import claim
from api_project.work.models import Alarm
from api_project.work.steps import Step
from tests.factories import LEASE, make_transcript

pytestmark = pytest.mark.django_db
MakeStep = Callable[..., Step]


def test_it_is_logged_once_however_often_it_is_raised(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            alarm_raise("voice", "credentials", "401")
    assert [record.__dict__["action"] for record in caplog.records] == ["alarm.credentials"]
    assert Alarm.objects.count() == 1


def test_a_new_cause_replaces_the_old_one() -> None:
    alarm_raise("voice", "outage", "503")
    alarm_raise("voice", "credentials", "401")
    alarm = alarm_open("voice")
    assert alarm is not None
    assert (alarm.reason, alarm.detail) == ("credentials", "401")


def test_a_cleared_alarm_is_kept_and_may_be_raised_again() -> None:
    alarm_raise("voice", "outage", "503")
    alarm_clear("voice")
    assert alarm_open("voice") is None
    alarm_raise("voice", "outage", "503")
    assert Alarm.objects.count() == 2


def test_an_open_alarm_lets_one_row_try_now_and_then(make_step: MakeStep) -> None:
    for _ in range(3):
        make_transcript()
    step = make_step(alarm="voice")
    now = timezone.now()
    alarm_raise("voice", "credentials", "401", now=now)
    counts = [
        len(claim(step, limit=10, now=now + seconds * PROBE_EVERY, lease_for=LEASE)) for seconds in (0, 1, 1.5, 2)
    ]
    assert counts == [0, 1, 0, 1]


def test_clearing_lets_everything_go_on_at_once(make_step: MakeStep) -> None:
    for _ in range(3):
        make_transcript()
    step = make_step(alarm="voice")
    now = timezone.now() + timedelta(seconds=1)
    alarm_raise("voice", "outage", "503", now=now)
    alarm_clear("voice")
    assert len(claim(step, limit=10, now=now, lease_for=LEASE)) == 3


def test_an_alarm_holds_back_nothing_else(make_step: MakeStep) -> None:
    make_transcript()
    alarm_raise("other", "outage", "503")
    assert len(claim(make_step(alarm="voice"), limit=10, now=timezone.now(), lease_for=LEASE)) == 1
