"""What was received about what was erased: bodies go, keys stay, so that repeats are still recognised."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet

from api_project.rest.erasing.registry import Eraser, erasers
from api_project.work.locking import lock_in_order
from transcripts.models import Transcript
from webhooks.models import ReceivedEvent

BLANK: dict[str, Any] = {"body": "", "headers": {}}


def blank_events(sender: Any, *, transcript_id: UUID, **kwargs: Any) -> None:
    """Take away what was received about an erased transcript."""
    _blank(ReceivedEvent.objects.filter(subject=transcript_id))


def count(user: User) -> dict[str, int]:
    return {"received events": _events(user).filter(~Q(body="") | ~Q(headers={})).count()}


def erase(user: User) -> None:
    _blank(_events(user))


def _blank(events: QuerySet[ReceivedEvent]) -> None:
    with transaction.atomic():
        lock_in_order(events)
        events.update(**BLANK)
        # Why one failed may be told in the provider's words; one that is pending is told what to do by it.
        events.exclude(status=ReceivedEvent.Status.PENDING).update(detail="")


def _events(user: User) -> QuerySet[ReceivedEvent]:
    return ReceivedEvent.objects.filter(subject__in=Transcript.objects.filter(owner=user).values("pk"))


def register() -> None:
    """Tell the erasing of users about this app."""
    erasers.append(Eraser(covers=(ReceivedEvent,), count=count, erase=erase))
