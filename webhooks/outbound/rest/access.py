"""What an operation on one endpoint or delivery begins with: the caller's own, or 404."""

from uuid import UUID

from django.http import Http404
from rest_framework.request import Request

from transcripts.access import signed_in_user
from webhooks.models import Delivery, Endpoint
from webhooks.outbound import lists, selectors


def own_endpoint(request: Request, endpoint_id: UUID) -> Endpoint:
    """Return an endpoint of whoever asks. Raises `Http404` for anybody else's."""
    try:
        return selectors.own_endpoint(owner=signed_in_user(request), endpoint_id=endpoint_id)
    except Endpoint.DoesNotExist as exc:
        raise Http404 from exc


def own_delivery(request: Request, delivery_id: UUID) -> Delivery:
    """Return a delivery of whoever asks. Raises `Http404` for anybody else's."""
    try:
        return lists.own_delivery(owner=signed_in_user(request), delivery_id=delivery_id)
    except Delivery.DoesNotExist as exc:
        raise Http404 from exc
