"""What an operation on one transcript begins with: the caller's own, or 404."""

from typing import cast
from uuid import UUID

from django.contrib.auth.models import User
from django.http import Http404
from rest_framework.request import Request

from api_project.rest import exceptions as rest
from transcripts import selectors
from transcripts.models import Status, Transcript

# A good moment to ask again for what is being transcribed.
ASK_AGAIN_SECONDS = "3"


def signed_in_user(request: Request) -> User:
    """Return who asks; permissions have seen to it that it is somebody."""
    return cast("User", request.user)


def own_row(request: Request, transcript_id: UUID) -> Transcript:
    """Return a transcript of whoever asks without reading its text. Raises `Http404` for anybody else's."""
    try:
        return selectors.transcript_row(owner=signed_in_user(request), transcript_id=transcript_id)
    except Transcript.DoesNotExist as exc:
        raise Http404 from exc


def own_transcript(request: Request, transcript_id: UUID) -> Transcript:
    """Return a transcript of whoever asks, with its text. Raises `Http404` for anybody else's."""
    try:
        return selectors.transcript_get(owner=signed_in_user(request), transcript_id=transcript_id)
    except Transcript.DoesNotExist as exc:
        raise Http404 from exc


def own_completed(request: Request, transcript_id: UUID, named: str) -> Transcript:
    """Return a completed transcript of whoever asks, its text still to be read; `named` is what is wanted of it.

    Raises `Http404`, and `Conflict` while it is anything else.
    """
    transcript = own_row(request, transcript_id)
    if transcript.status == Status.COMPLETED:
        return transcript
    if transcript.status == Status.ERROR:
        raise rest.Conflict(f"The transcript is `error`: it failed, and has no {named}; `retry/` may help.")
    may_change = transcript.status in {Status.QUEUED, Status.PROCESSING}
    headers = {"Retry-After": ASK_AGAIN_SECONDS} if may_change else {}
    detail = f"The transcript is `{transcript.status}`; it has its {named} once it is `completed`."
    raise rest.Conflict(detail, headers=headers)
