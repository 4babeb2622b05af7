"""Alarms: raised when only the operator can help, cleared by the first thing that works again."""

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from api_project.work.models import Alarm

logger = logging.getLogger(__name__)

PROBE_EVERY = timedelta(seconds=30)


def alarm_raise(key: str, reason: str, detail: str, *, now: datetime | None = None) -> None:
    """Open the alarm `key`, or refresh its cause when it is open already. Logged once, when it opens or changes."""
    now = now or timezone.now()
    current = alarm_open(key)
    if current and current.reason == reason:
        return
    if current:
        Alarm.objects.filter(pk=current.pk).update(reason=reason, detail=detail)
    else:
        try:
            with transaction.atomic():
                Alarm.objects.create(key=key, reason=reason, detail=detail, raised_at=now, probe_at=now + PROBE_EVERY)
        except IntegrityError:
            return  # Another process raised it at the same moment.
    logger.error("%s: %s", key, detail, extra={"action": f"alarm.{reason}"})


def alarm_clear(key: str, *, now: datetime | None = None) -> None:
    """Close the alarm `key` if it is open, so that all the work it held back goes on at once."""
    if alarm_open(key) and Alarm.objects.filter(key=key, cleared_at=None).update(cleared_at=now or timezone.now()):
        logger.warning("%s works again.", key, extra={"action": "alarm.cleared"})


def alarm_open(key: str) -> Alarm | None:
    """Return the open alarm `key`, or None."""
    return Alarm.objects.filter(key=key, cleared_at=None).first()


def alarm_allows(key: str, *, wanted: int, now: datetime) -> int:
    """Return how many rows may be tried now: all that are wanted, or one now and then while the alarm is open."""
    current = alarm_open(key) if key else None
    if current is None:
        return wanted
    if current.probe_at > now:
        return 0
    # One UPDATE decides which process sends the probe.
    probes = Alarm.objects.filter(pk=current.pk, probe_at=current.probe_at).update(probe_at=now + PROBE_EVERY)
    return min(wanted, probes)
