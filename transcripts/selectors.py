"""Reading transcripts. Everything belongs to somebody, and a deleted one is gone for every reader at once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import QuerySet

from api_project.work.models import Alarm
from transcripts.models import Status, Transcript, WaitingFor
from transcripts.provider_health import Operation


def transcript_list(*, owner: User) -> QuerySet[Transcript]:
    """Return the owner's transcripts, newest first; ids are UUIDv7, so they sort by time."""
    return Transcript.objects.filter(owner=owner, deleted_at=None).order_by("-id")


def transcript_row(*, owner: User, transcript_id: UUID) -> Transcript:
    """Return one of the owner's transcripts without its text: that may be long, and few answers have it.

    How much of it there is stands in `result.word_count`. Raises `Transcript.DoesNotExist` for anybody else's.
    """
    return _whole(owner).defer("result__text").get(pk=transcript_id)


def transcript_get(*, owner: User, transcript_id: UUID) -> Transcript:
    """Return one of the owner's transcripts with its result. Raises `Transcript.DoesNotExist` for anybody else's."""
    return _whole(owner).get(pk=transcript_id)


def _whole(owner: User) -> QuerySet[Transcript]:
    return transcript_list(owner=owner).select_related("result", "redacted_audio")


def transcript_is_deleted(transcript_id: UUID) -> bool:
    """Tell whether a transcript is a tombstone; one that never was is none."""
    return Transcript.objects.filter(pk=transcript_id, deleted_at__isnull=False).exists()


def transcript_text(transcript: Transcript) -> str | None:
    """Return the text of a completed transcript, else None."""
    if transcript.status != Status.COMPLETED:
        return None
    return transcript.result.text


@dataclass(frozen=True)
class Wait:
    """Why a queued transcript has not been submitted: the reason, and when it is tried again."""

    reason: WaitingFor
    until: datetime | None


def provider_alarm() -> Alarm | None:
    """Return the open alarm about the provider, first of all the one that holds submissions back; else None."""
    alarms = {alarm.key: alarm for alarm in Alarm.objects.filter(key__in=list(Operation), cleared_at=None)}
    return next((alarms[operation] for operation in Operation if operation in alarms), None)


def transcript_wait(transcript: Transcript, alarm: Alarm | None) -> Wait | None:
    """Return what a transcript waits for, or None. An open alarm also holds back rows that were never tried."""
    if transcript.status != Status.QUEUED:
        return None
    if transcript.waiting_for:
        return Wait(WaitingFor(transcript.waiting_for), transcript.next_attempt_at)
    if alarm and alarm.key == Operation.SUBMIT:
        credentials = alarm.reason == Alarm.Reason.CREDENTIALS
        return Wait(WaitingFor.CREDENTIALS if credentials else WaitingFor.PROVIDER, alarm.probe_at)
    return None
