"""REST operations that read what was said."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from api_project.rest.addresses import absolute_address
from api_project.rest.queries import read_page
from api_project.rest.views import RestView
from transcripts import selectors
from transcripts.access import own_completed
from transcripts.models import Transcript
from transcripts.reading import schema


@extend_schema_view(get=schema.TEXT)
class TranscriptTextView(RestView[Transcript]):
    """The text alone."""

    def get(self, request: Request, transcript_id: UUID) -> HttpResponse:
        transcript = own_completed(request, transcript_id)
        return HttpResponse(selectors.transcript_text(transcript) or "", content_type="text/plain; charset=utf-8")


@extend_schema_view(get=schema.WORDS)
class TranscriptWordsView(RestView[Transcript]):
    """The words with their times, in pages."""

    query_parameters = {"GET": ("page",)}

    def get(self, request: Request, transcript_id: UUID) -> Response:
        number = read_page(request)
        transcript = own_completed(request, transcript_id)
        found = selectors.transcript_words_page(transcript=transcript, number=number - 1)
        if found is None:
            raise Http404
        words, has_more = found
        address = absolute_address(request, reverse("transcript-words", args=[transcript_id]))
        return Response(
            {
                "next": f"{address}?page={number + 1}" if has_more else None,
                "previous": f"{address}?page={number - 1}" if number > 1 else None,
                "results": words,
            }
        )
