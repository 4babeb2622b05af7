"""REST operations on deliveries: what was and what was not delivered, and having it sent again."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from api_project.rest import exceptions as rest
from api_project.rest.addresses import absolute_address
from api_project.rest.pagination import NewestFirst
from api_project.rest.receiving import received_body
from api_project.rest.views import RestView
from transcripts.access import signed_in_user
from webhooks.models import Delivery, Recovery
from webhooks.outbound import lists
from webhooks.outbound.exceptions import BeingTried, EndpointDisabled, NotDeliverable, RecoveryUnderWay
from webhooks.outbound.repairing import delivery_redeliver, recovery_start
from webhooks.outbound.rest.access import own_delivery, own_endpoint
from webhooks.outbound.rest.deliveries import schema
from webhooks.outbound.rest.deliveries.serializers import (
    DeliveryDetailSerializer,
    DeliveryFindSerializer,
    DeliverySerializer,
    RecoverSerializer,
)
from webhooks.outbound.rest.endpoints.serializers import RecoverySerializer

FILTERS = ("status", "reason", "endpoint", "event", "event_type", "created_after", "created_before")
# By parameter: the filter, where it has another name.
SEVERAL = {"status": "statuses", "reason": "reasons"}


@extend_schema_view(get=schema.LIST)
class DeliveryListView(RestView[Delivery]):
    """All deliveries of whoever asks."""

    pagination_class = NewestFirst
    query_parameters = {"GET": ("limit", "cursor", *FILTERS)}

    def get(self, request: Request) -> Response:
        found: Any = lists.own_deliveries(owner=signed_in_user(request), filters=_filters(request))
        page: list[Any] = self.paginate_queryset(found) or []
        return self.get_paginated_response(DeliverySerializer(page, many=True).data)


@extend_schema_view(get=schema.DETAIL)
class DeliveryDetailView(RestView[Delivery]):
    """One delivery, with its attempts."""

    def get(self, request: Request, delivery_id: UUID) -> Response:
        return _record(own_delivery(request, delivery_id))


@extend_schema_view(post=schema.REDELIVER)
class RedeliverView(RestView[Delivery]):
    """Having an event sent once more."""

    def post(self, request: Request, delivery_id: UUID) -> Response:
        try:
            delivery = delivery_redeliver(delivery=own_delivery(request, delivery_id))
        except BeingTried as exc:
            raise rest.Conflict(str(exc), headers={"Retry-After": str(exc.retry_after_seconds)}) from exc
        except NotDeliverable as exc:
            raise rest.Conflict(str(exc)) from exc
        except Delivery.DoesNotExist as exc:
            # It has gone with all that its owner had.
            raise Http404 from exc
        location = absolute_address(request, reverse("delivery-detail", args=[delivery.pk]))
        return _record(delivery, status=status.HTTP_202_ACCEPTED, headers={"Location": location})


@extend_schema_view(post=schema.RECOVER)
class RecoverView(RestView[Recovery]):
    """Having all sent again that an endpoint missed."""

    def post(self, request: Request, endpoint_id: UUID) -> Response:
        endpoint = own_endpoint(request, endpoint_id)
        with received_body(request) as data:
            serializer = RecoverSerializer(data=data)
            serializer.is_valid(raise_exception=True)
        try:
            recovery = recovery_start(endpoint=endpoint, since=serializer.validated_data["since"])
        except (EndpointDisabled, RecoveryUnderWay) as exc:
            raise rest.Conflict(str(exc)) from exc
        location = absolute_address(request, reverse("webhook-endpoint-detail", args=[endpoint.pk]))
        body = RecoverySerializer(recovery).data
        return Response(body, status=status.HTTP_202_ACCEPTED, headers={"Location": location})


def _record(delivery: Any, **more: Any) -> Response:
    delivery.latest_attempts = lists.attempts_of(delivery)
    return Response(DeliveryDetailSerializer(delivery).data, **more)


def _filters(request: Request) -> lists.DeliveryFilters:
    given = request.query_params
    serializer = DeliveryFindSerializer(data={name: given[name] for name in FILTERS if name in given})
    serializer.is_valid(raise_exception=True)
    found = serializer.validated_data
    return lists.DeliveryFilters(**{SEVERAL.get(name, name): value for name, value in found.items()})
