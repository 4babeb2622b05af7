"""REST operations on events: the feed of what happened, to be asked by whoever is not called, or missed it."""

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from api_project.rest.views import RestView
from transcripts.access import signed_in_user
from webhooks.models import Event
from webhooks.outbound import lists
from webhooks.outbound.rest.events import schema
from webhooks.outbound.rest.events.pages import AFTER, EventPages
from webhooks.outbound.rest.events.serializers import EventDetailSerializer, EventFindSerializer, EventSerializer

FILTERS = ("type", "subject")


@extend_schema_view(get=schema.LIST)
class EventListView(RestView[Event]):
    """All that happened to whoever asks."""

    pagination_class = EventPages
    query_parameters = {"GET": ("limit", "cursor", AFTER, *FILTERS)}

    def get(self, request: Request) -> Response:
        found: Any = lists.own_events(owner=signed_in_user(request), filters=_filters(request))
        page: list[Any] = self.paginate_queryset(found) or []
        return self.get_paginated_response(EventSerializer(page, many=True).data)


@extend_schema_view(get=schema.DETAIL)
class EventDetailView(RestView[Event]):
    """One event."""

    def get(self, request: Request, event_id: UUID) -> Response:
        try:
            event = lists.own_event(owner=signed_in_user(request), event_id=event_id)
        except Event.DoesNotExist as exc:
            raise Http404 from exc
        return Response(EventDetailSerializer(event).data)


def _filters(request: Request) -> lists.EventFilters:
    given = request.query_params
    serializer = EventFindSerializer(data={name: given[name] for name in FILTERS if name in given})
    serializer.is_valid(raise_exception=True)
    return lists.EventFilters(**serializer.validated_data)
