"""The worker's step for received events: let the app that an event concerns act on it."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from api_project.work.leases import Lease
from api_project.work.retry import RetryPolicy
from api_project.work.steps import Cause, Step, registry
from transcripts.applying import apply_callback
from transcripts.listening.services import redacted_audio_wake
from transcripts.provider_health import Operation
from transcripts.selectors import transcript_is_deleted
from webhooks.models import ReceivedEvent
from webhooks.receivers.assemblyai import REDACTED_AUDIO
from webhooks.receivers.erasing import BLANK
from webhooks.receivers.events import event_outcome


def due_apply(now: datetime) -> QuerySet[ReceivedEvent]:
    return ReceivedEvent.objects.filter(status=ReceivedEvent.Status.PENDING, next_attempt_at__lte=now)


def apply(event: ReceivedEvent, lease: Lease) -> None:
    """Act on a pending event, unless its receiver knew already that nothing follows from it, and note the outcome."""
    ignored = event.detail or _act_on(event)
    lease.finish(**event_outcome(ignored), **_blank_after_all(event))


def _act_on(event: ReceivedEvent) -> str:
    if event.kind == REDACTED_AUDIO:
        return redacted_audio_wake(event.subject, event.number)
    return apply_callback(event.subject, event.number, event.reference)


def give_up(event: ReceivedEvent, lease: Lease, cause: Cause, message: str) -> None:
    """Leave the event; the transcript it is about has its own end by the reconcile step."""
    lease.finish(status=ReceivedEvent.Status.FAILED, detail=message, **_blank_after_all(event))


def _blank_after_all(event: ReceivedEvent) -> dict[str, Any]:
    """Return what to blank: an event that comes after its transcript was erased has nobody to blank it later."""
    return BLANK if transcript_is_deleted(event.subject) else {}


def register() -> None:
    """Tell the worker about this step."""
    retry = RetryPolicy(give_up_after=settings.GIVE_UP_AFTER)
    registry.add(Step("apply", "apply", due_apply, apply, give_up, threads=2, retry=retry, alarm=Operation.FETCH))
