"""What a provider's failure means for the work: who waits, for what, and when the operator is called."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from api_project.work.alarms import alarm_clear, alarm_raise
from api_project.work.exceptions import OperatorNeeded, TransientFailure
from api_project.work.models import Alarm
from transcripts.exceptions import ProviderCredentials, ProviderError, ProviderUnavailable

ALARM = "assemblyai"
# One failed answer is an accident; this many in a row, whatever they were about, are an outage.
FAILURES_OF_AN_OUTAGE = 3


class _FailuresInARow:
    """Counts failures since the last success in this process; shared by its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0

    def add(self) -> int:
        with self._lock:
            self._count += 1
            return self._count

    def clear(self) -> None:
        with self._lock:
            self._count = 0


failures_in_a_row = _FailuresInARow()


@contextmanager
def provider_work() -> Iterator[None]:
    """Run provider calls as work: refused credentials and outages make the row wait and raise the alarm.

    What the provider says about this request itself (`ProviderRejected`) passes through; it also shows that credentials
    and connection are good, as success does.
    """
    try:
        yield
    except ProviderCredentials as exc:
        alarm_raise(ALARM, Alarm.Reason.CREDENTIALS, str(exc))
        raise OperatorNeeded(str(exc)) from exc
    except ProviderUnavailable as exc:
        outage = exc.status_code != 429 and failures_in_a_row.add() >= FAILURES_OF_AN_OUTAGE
        if outage:
            alarm_raise(ALARM, Alarm.Reason.OUTAGE, str(exc))
        waits_for = "provider" if outage else "retry"
        raise TransientFailure(str(exc), retry_after=exc.retry_after, waits_for=waits_for) from exc
    except ProviderError:
        _works()
        raise
    _works()


def _works() -> None:
    failures_in_a_row.clear()
    alarm_clear(ALARM)
