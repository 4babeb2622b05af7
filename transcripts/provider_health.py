"""What a provider's failure means for the work: who waits, for what, and when the operator is called."""

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from enum import StrEnum

from api_project.work.alarms import alarm_clear, alarm_open, alarm_raise
from api_project.work.exceptions import OperatorNeeded, TransientFailure
from api_project.work.models import Alarm
from transcripts.exceptions import ProviderCredentials, ProviderError, ProviderUnavailable

# One failed answer is an accident; this many in a row are an outage.
FAILURES_OF_AN_OUTAGE = 3


class Operation(StrEnum):
    """What we ask of AssemblyAI, each with an alarm of its own: an account without credit may still read and delete."""

    SUBMIT = "assemblyai.submit"
    FETCH = "assemblyai.fetch"
    DELETE = "assemblyai.delete"
    REDACTED_AUDIO = "assemblyai.redacted_audio"


class _FailuresInARow:
    """What each operation failed on since its last success in this process; shared by its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failed: dict[Operation, list[Hashable]] = {}

    def add(self, operation: Operation, subject: Hashable) -> list[Hashable]:
        """Note a failure on `subject`, and return the latest subjects of this run of failures."""
        with self._lock:
            subjects = [*self._failed.get(operation, []), subject][-FAILURES_OF_AN_OUTAGE:]
            self._failed[operation] = subjects
            return subjects

    def clear(self, operation: Operation | None = None) -> None:
        """Forget the failures of one operation, or of all."""
        with self._lock:
            for known in list(Operation) if operation is None else [operation]:
                self._failed.pop(known, None)


failures_in_a_row = _FailuresInARow()


@contextmanager
def provider_work(operation: Operation, subject: Hashable) -> Iterator[None]:
    """Run provider calls as work on `subject`: refused credentials and outages make it wait and raise the alarm.

    What the provider says about this request itself (`ProviderRejected`) passes through; it also shows that credentials
    and connection are good, as success does.
    """
    try:
        yield
    except ProviderCredentials as exc:
        alarm_raise(operation, Alarm.Reason.CREDENTIALS, str(exc))
        raise OperatorNeeded(str(exc)) from exc
    except ProviderUnavailable as exc:
        if _is_outage(operation, subject, exc):
            alarm_raise(operation, Alarm.Reason.OUTAGE, str(exc))
            raise OperatorNeeded(str(exc), waits_for="provider") from exc
        raise TransientFailure(str(exc), retry_after=exc.retry_after) from exc
    except ProviderError:
        _works(operation)
        raise
    _works(operation)


def _is_outage(operation: Operation, subject: Hashable, exc: ProviderUnavailable) -> bool:
    """Tell the provider being away from one row that it cannot digest: only the latter is ended by its age.

    Nobody there at all is an outage whatever it was about; failing answers are one when they are about several rows.
    """
    if exc.status_code == 429:
        return False
    subjects = failures_in_a_row.add(operation, subject)
    lasts = len(subjects) == FAILURES_OF_AN_OUTAGE and (not exc.received or len(set(subjects)) > 1)
    return lasts or alarm_open(operation) is not None


def _works(operation: Operation) -> None:
    failures_in_a_row.clear(operation)
    alarm_clear(operation)
