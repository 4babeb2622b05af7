"""REST operations on transcripts: validate, call one service or selector, serialise."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from drf_spectacular.utils import extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from api_project.rest import exceptions as rest
from api_project.rest.addresses import absolute_address
from api_project.rest.conditional import is_conditional, require_match, unchanged, with_tag
from api_project.rest.idempotency.once import only_once
from api_project.rest.multipart_parser import MultipartUploadParser
from api_project.rest.pagination import NewestFirst
from api_project.rest.parsers import JsonParser, RawAudioParser, RawBytesParser, RawVideoParser
from api_project.rest.problems import FieldError
from api_project.rest.receiving import is_bare_body, received_body
from api_project.rest.upload_form import UploadForm
from api_project.rest.views import RestView
from api_project.rest.waiting import place_to_wait
from transcripts import schema, services
from transcripts.access import own_row, own_transcript, signed_in_user
from transcripts.creating import create_or_find, find_made
from transcripts.exceptions import SearchTooSlow, WrongStatus
from transcripts.finding.excerpts import mark_hits
from transcripts.finding.lists import transcripts_found
from transcripts.finding.parameters import FILTERS, NEWEST, read_wanted
from transcripts.models import Transcript
from transcripts.serializers import (
    TranscriptItemSerializer,
    TranscriptSerializer,
    TranscriptUpdateSerializer,
)
from transcripts.usage.refusing import over_budget_told, refuse_over_budget
from transcripts.versions import transcript_tag, transcript_tag_now
from transcripts.waiting import wait_for_end, when_to_ask_again


@extend_schema_view(get=schema.LIST, post=schema.CREATE)
class TranscriptListView(RestView[Transcript]):
    """All transcripts of whoever asks, and making one."""

    parser_classes = [JsonParser, MultipartUploadParser, RawAudioParser, RawVideoParser, RawBytesParser]
    pagination_class = NewestFirst
    query_parameters = {"GET": ("limit", "cursor", *FILTERS)}
    query_defaults = {"order": NEWEST}
    once_methods = ("POST",)
    upload_form = UploadForm(
        file="file",
        text=("title", "webhook_url"),
        instead=("audio_url",),
        json=("options", "metadata"),
        lists=("webhook_endpoints",),
    )

    def query_is_the_body(self, request: Request) -> bool:
        return request.method == "POST" and is_bare_body(request)

    def get(self, request: Request) -> Response:
        wanted = read_wanted(request.query_params)
        found: Any = transcripts_found(owner=signed_in_user(request), wanted=wanted)
        try:
            page: list[Any] = self.paginate_queryset(found) or []
        except SearchTooSlow as exc:
            raise rest.SearchTooSlow(str(exc), errors=[FieldError("search", "too_slow", str(exc))]) from exc
        mark_hits(page, wanted)
        return self.get_paginated_response(TranscriptItemSerializer(page, many=True).data)

    def post(self, request: Request) -> Response:
        with place_to_wait(request) as place:
            with only_once(request, "create_transcript") as once:
                # What was made before is found again, though it may be what used the budget up.
                if not once.is_repeated:
                    refuse_over_budget(request)
                with received_body(request, during=once.keep) as data:
                    transcript = create_or_find(request, once, data)
            if wait_for_end(place, transcript):
                transcript = find_made(request, transcript.pk)
            return place.note(_accepted(request, transcript, once.headers))


@extend_schema_view(get=schema.DETAIL, patch=schema.UPDATE, delete=schema.DELETE)
class TranscriptDetailView(RestView[Transcript]):
    """One transcript."""

    versioned_methods = ("PATCH", "DELETE")

    def get(self, request: Request, transcript_id: UUID) -> HttpResponse:
        with place_to_wait(request) as place:
            # Whoever is turned away asks often, so it costs no more than without the preference.
            if place.granted:
                wait_for_end(place, own_row(request, transcript_id))
            return place.note(self._get(request, transcript_id))

    def _get(self, request: Request, transcript_id: UUID) -> HttpResponse:
        if is_conditional(request):
            # Answered from the record's own row: what the client has already needs no text to be read.
            if answer := unchanged(request, _tag_now(request, transcript_id)):
                return answer
        return _record(own_transcript(request, transcript_id))

    def patch(self, request: Request, transcript_id: UUID) -> Response:
        transcript = own_row(request, transcript_id)
        with received_body(request) as data:
            serializer = TranscriptUpdateSerializer(data=data)
            serializer.is_valid(raise_exception=True)
        try:
            services.transcript_update(
                transcript=transcript, check=_check_version(request), changes=serializer.validated_data
            )
        except Transcript.DoesNotExist as exc:
            raise Http404 from exc
        return _record(own_transcript(request, transcript_id))

    def delete(self, request: Request, transcript_id: UUID) -> Response:
        transcript = own_row(request, transcript_id)
        try:
            services.transcript_delete(transcript=transcript, check=_check_version(request))
        except Transcript.DoesNotExist as exc:
            raise Http404 from exc
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema_view(post=schema.RETRY)
class TranscriptRetryView(RestView[Transcript]):
    """Trying a failed transcript again."""

    versioned_methods = ("POST",)

    def post(self, request: Request, transcript_id: UUID) -> Response:
        transcript = own_row(request, transcript_id)
        with over_budget_told():
            try:
                transcript = services.transcript_retry(transcript=transcript, check=_check_version(request))
            except WrongStatus as exc:
                raise rest.Conflict("Only a transcript whose status is `error` can be tried again.") from exc
        return _accepted(request, transcript)


def _record(transcript: Transcript) -> Response:
    answer = Response(TranscriptSerializer(transcript).data, headers=when_to_ask_again(transcript))
    return with_tag(answer, transcript_tag(transcript))


def _tag_now(request: Request, transcript_id: UUID) -> str:
    try:
        return transcript_tag_now(owner=signed_in_user(request), transcript_id=transcript_id)
    except Transcript.DoesNotExist as exc:
        raise Http404 from exc


def _check_version(request: Request) -> services.Check | None:
    """Return what compares If-Match with the row that is about to change, or None when the client does not ask."""
    if not is_conditional(request):
        return None
    return lambda current: require_match(request, transcript_tag(current))


def _accepted(request: Request, transcript: Transcript, headers: Mapping[str, str] | None = None) -> Response:
    location = absolute_address(request, reverse("transcript-detail", args=[transcript.pk]))
    body: dict[str, Any] = dict(TranscriptSerializer(transcript).data)
    more = {**when_to_ask_again(transcript), **(headers or {})}
    return Response(body, status=status.HTTP_202_ACCEPTED, headers={"Location": location, **more})
