"""Creating a transcript over REST, once under each Idempotency-Key."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rest_framework.request import Request

from api_project.rest import exceptions as rest
from api_project.rest.idempotency.once import Once
from transcripts import selectors, services
from transcripts.access import signed_in_user
from transcripts.destinations import check_destination
from transcripts.exceptions import StorageFull
from transcripts.models import Transcript
from transcripts.serializers import TranscriptCreateSerializer
from transcripts.usage.refusing import field_of, over_budget_told


def create_or_find(request: Request, once: Once, data: Mapping[str, Any]) -> Transcript:
    """Return the transcript that the request makes, or has made when it was first sent.

    Raises `Gone` when that one was deleted since, and what the serializer and `Once` raise.
    """
    made_before = once.made_before(data)
    return _create(request, once, data) if made_before is None else find_made(request, made_before)


def find_made(request: Request, transcript_id: UUID) -> Transcript:
    """Return what a creating request has made. Raises `Gone` when it was deleted since."""
    try:
        return selectors.transcript_get(owner=signed_in_user(request), transcript_id=transcript_id)
    except Transcript.DoesNotExist as exc:
        raise rest.Gone(f"This request made the transcript {transcript_id}, which was deleted since.") from exc


def _create(request: Request, once: Once, data: Mapping[str, Any]) -> Transcript:
    serializer = TranscriptCreateSerializer(data=data)
    serializer.is_valid(raise_exception=True)
    owner = signed_in_user(request)
    check_destination(owner=owner, given=serializer.validated_data)
    with over_budget_told(field_of(serializer.validated_data)):
        try:
            return services.transcript_create(owner=owner, note=once.finish, **serializer.validated_data)
        except StorageFull as exc:
            raise rest.StorageFull from exc
