"""REST operations on webhook endpoints: validate, call one service or selector, serialise."""

from collections.abc import Iterator
from contextlib import contextmanager
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
from api_project.rest.conditional import entity_tag, is_conditional, require_match, unchanged, with_tag
from api_project.rest.pagination import NewestFirst
from api_project.rest.receiving import received_body
from api_project.rest.views import RestView
from transcripts.access import signed_in_user
from webhooks.models import Endpoint, SigningSecret
from webhooks.outbound import endpoints, lists, selectors
from webhooks.outbound.exceptions import EndpointDisabled, TooManyEndpoints
from webhooks.outbound.rest.access import own_endpoint
from webhooks.outbound.rest.endpoints import schema
from webhooks.outbound.rest.endpoints.serializers import (
    DefaultSecretSerializer,
    EndpointCreateSerializer,
    EndpointSerializer,
    EndpointUpdateSerializer,
)
from webhooks.outbound.rest.events.serializers import EventDetailSerializer
from webhooks.outbound.targets import TargetRefused

# On an answer that shows a secret.
NOT_KEPT = {"Cache-Control": "no-store"}


@extend_schema_view(get=schema.LIST, post=schema.CREATE)
class EndpointListView(RestView[Endpoint]):
    """All endpoints of whoever asks, and making one."""

    pagination_class = NewestFirst
    query_parameters = {"GET": ("limit", "cursor")}

    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(selectors.own_endpoints(owner=signed_in_user(request))) or []
        return self.get_paginated_response(EndpointSerializer(page, many=True).data)

    def post(self, request: Request) -> Response:
        # Within the body's place, which bounds how many threads wait for the name servers of one user's URLs.
        with _refusals_told(), received_body(request) as data:
            serializer = EndpointCreateSerializer(data=data)
            serializer.is_valid(raise_exception=True)
            made, secret = endpoints.endpoint_create(owner=signed_in_user(request), **serializer.validated_data)
        location = absolute_address(request, reverse("webhook-endpoint-detail", args=[made.pk]))
        body = _record(request, made.pk) | {"secret": secret}
        return Response(body, status=status.HTTP_201_CREATED, headers={"Location": location, **NOT_KEPT})


@extend_schema_view(get=schema.DETAIL, patch=schema.UPDATE, delete=schema.DELETE)
class EndpointDetailView(RestView[Endpoint]):
    """One endpoint."""

    versioned_methods = ("PATCH", "DELETE")

    def get(self, request: Request, endpoint_id: UUID) -> HttpResponse:
        record = _record(request, endpoint_id)
        return unchanged(request, _tag(record)) or _answer(record)

    def patch(self, request: Request, endpoint_id: UUID) -> Response:
        endpoint = own_endpoint(request, endpoint_id)
        with _refusals_told(), received_body(request) as data:
            serializer = EndpointUpdateSerializer(data=data)
            serializer.is_valid(raise_exception=True)
            check = _check_version(request)
            endpoints.endpoint_update(endpoint=endpoint, changes=serializer.validated_data, check=check)
        return _answer(_record(request, endpoint_id))

    def delete(self, request: Request, endpoint_id: UUID) -> Response:
        with _refusals_told():
            endpoints.endpoint_delete(endpoint=own_endpoint(request, endpoint_id), check=_check_version(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema_view(post=schema.ROTATE)
class RotateSecretView(RestView[Endpoint]):
    """Giving an endpoint another secret."""

    def post(self, request: Request, endpoint_id: UUID) -> Response:
        with _refusals_told():
            secret = endpoints.endpoint_rotate_secret(endpoint=own_endpoint(request, endpoint_id))
        return Response(_record(request, endpoint_id) | {"secret": secret}, headers=NOT_KEPT)


@extend_schema_view(post=schema.PING)
class PingView(RestView[Endpoint]):
    """Sending an endpoint a test."""

    def post(self, request: Request, endpoint_id: UUID) -> Response:
        with _refusals_told():
            event = endpoints.endpoint_ping(endpoint=own_endpoint(request, endpoint_id))
        location = absolute_address(request, reverse("event-detail", args=[event.pk]))
        made = lists.own_event(owner=signed_in_user(request), event_id=event.pk)
        body = EventDetailSerializer(made).data
        return Response(body, status=status.HTTP_202_ACCEPTED, headers={"Location": location})


@extend_schema_view(get=schema.DEFAULT_SECRET, post=schema.ROTATE_DEFAULT_SECRET)
class DefaultSecretView(RestView[SigningSecret]):
    """The secret that signs what goes to the `webhook_url`s of whoever asks."""

    def get(self, request: Request) -> Response:
        return Response(_default_secret(request))

    def post(self, request: Request) -> Response:
        secret = endpoints.default_secret_rotate(owner=signed_in_user(request))
        return Response(_default_secret(request) | {"secret": secret}, headers=NOT_KEPT)


def _record(request: Request, endpoint_id: UUID) -> dict[str, Any]:
    return dict(EndpointSerializer(own_endpoint(request, endpoint_id)).data)


def _default_secret(request: Request) -> dict[str, Any]:
    row = selectors.default_secret(owner=signed_in_user(request))
    return dict(DefaultSecretSerializer({"row": row}).data)


def _tag(record: dict[str, Any]) -> str:
    # There are fifty at most, so the tag may be made of all that is shown.
    return entity_tag(record.values())


def _answer(record: dict[str, Any]) -> Response:
    return with_tag(Response(record), _tag(record))


def _check_version(request: Request) -> endpoints.Check | None:
    """Return what compares If-Match with the endpoint that is about to change, or None when nobody asks for it."""
    if not is_conditional(request):
        return None
    return lambda current: require_match(request, _tag(_record(request, current.pk)))


@contextmanager
def _refusals_told() -> Iterator[None]:
    """Answer with a problem what the block refuses."""
    try:
        yield
    except TargetRefused as exc:
        raise rest.InvalidInput.field("url", exc.code, exc.message) from exc
    except (TooManyEndpoints, EndpointDisabled) as exc:
        raise rest.Conflict(str(exc)) from exc
    except Endpoint.DoesNotExist as exc:
        # It was deleted meanwhile.
        raise Http404 from exc
