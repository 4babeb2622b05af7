"""Waiting for the end of a transcript, as `Prefer: wait` asks."""

from collections.abc import Collection
from uuid import UUID

from api_project.rest.waiting import WaitingPlace
from transcripts.access import ASK_AGAIN_SECONDS
from transcripts.models import Transcript
from transcripts.moves import ENDED


def wait_for_end(place: WaitingPlace, transcript: Transcript) -> bool:
    """Wait until a transcript is completed, failed or deleted; return whether it has to be read again."""
    return place.wait(transcript.pk, ended_of, has_ended=transcript.status in ENDED)


def ended_of(ids: Collection[UUID]) -> set[UUID]:
    """Return those of the transcripts that are not on their way any more, deleted ones too."""
    going = Transcript.objects.filter(pk__in=ids, deleted_at=None).exclude(status__in=ENDED)
    return set(ids) - set(going.values_list("pk", flat=True))


def when_to_ask_again(transcript: Transcript) -> dict[str, str]:
    """Return the header that tells when it is worth to look again, for one that has not ended."""
    return {} if transcript.status in ENDED else {"Retry-After": ASK_AGAIN_SECONDS}
