"""REST operations on API keys: everybody's own, and nobody else's."""

from math import ceil
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.models import User
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from api_project.rest import exceptions as rest
from api_project.rest.addresses import absolute_address
from api_project.rest.api_keys import schema, selectors, services
from api_project.rest.api_keys.exceptions import AlreadyExpired, TooManyKeys, TooManyKeysMade
from api_project.rest.api_keys.serializers import (
    OUT_OF_RANGE,
    ApiKeyCreateSerializer,
    ApiKeySerializer,
    ApiKeyUpdateSerializer,
)
from api_project.rest.models import ApiKey
from api_project.rest.pagination import NewestFirst
from api_project.rest.queries import read_choice
from api_project.rest.receiving import received_body
from api_project.rest.views import RestView


@extend_schema_view(get=schema.LIST, post=schema.CREATE)
class ApiKeyListView(RestView[ApiKey]):
    """All keys of whoever asks, and making one."""

    pagination_class = NewestFirst
    query_parameters = {"GET": ("limit", "cursor", "state")}

    def get(self, request: Request) -> Response:
        state = read_choice(request, "state", allowed=ApiKey.State.values)
        keys = selectors.own_api_keys(user=_user(request), state=state, now=timezone.now())
        page = self.paginate_queryset(keys) or []
        return self.get_paginated_response(ApiKeySerializer(page, many=True).data)

    def post(self, request: Request) -> Response:
        with received_body(request) as data:
            serializer = ApiKeyCreateSerializer(data=data)
            serializer.is_valid(raise_exception=True)
        _require_no_longer_life(request, serializer.validated_data)
        try:
            row, key = services.api_key_create(user=_user(request), **serializer.validated_data)
        except AlreadyExpired as exc:
            # The moment has passed since it was looked at.
            raise rest.InvalidInput.field("expires_at", "out_of_range", OUT_OF_RANGE) from exc
        except TooManyKeys as exc:
            raise rest.Conflict(str(exc)) from exc
        except TooManyKeysMade as exc:
            seconds = max(ceil((exc.again_at - timezone.now()).total_seconds()), 1)
            raise rest.TooManyRequests(str(exc), headers={"Retry-After": str(seconds)}) from exc
        location = absolute_address(request, reverse("api-key-detail", args=[row.pk]))
        headers = {"Location": location, "Cache-Control": "no-store"}
        body = {**ApiKeySerializer(row).data, "key": key}
        return Response(body, status=status.HTTP_201_CREATED, headers=headers)


@extend_schema_view(get=schema.DETAIL, patch=schema.UPDATE, delete=schema.REVOKE)
class ApiKeyDetailView(RestView[ApiKey]):
    """One key."""

    def get(self, request: Request, key_id: UUID) -> Response:
        return Response(ApiKeySerializer(_own_key(request, key_id)).data)

    def patch(self, request: Request, key_id: UUID) -> Response:
        api_key = _own_key(request, key_id)
        with received_body(request) as data:
            serializer = ApiKeyUpdateSerializer(data=data)
            serializer.is_valid(raise_exception=True)
        if "name" in serializer.validated_data:
            services.api_key_rename(api_key=api_key, name=serializer.validated_data["name"])
        return Response(ApiKeySerializer(api_key).data)

    def delete(self, request: Request, key_id: UUID) -> Response:
        services.api_key_revoke(api_key=_own_key(request, key_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _user(request: Request) -> User:
    return cast("User", request.user)


def _own_key(request: Request, key_id: UUID) -> ApiKey:
    try:
        return selectors.own_api_key(user=_user(request), key_id=key_id)
    except ApiKey.DoesNotExist as exc:
        raise Http404 from exc


def _require_no_longer_life(request: Request, wanted: dict[str, Any]) -> None:
    """Raise InvalidInput where a key would make one that outlives it: its end would be none."""
    limit = request.auth.expires_at if isinstance(request.auth, ApiKey) else None
    expires_at = wanted.get("expires_at")
    if limit is not None and (expires_at is None or expires_at > limit):
        detail = f"The key that asks expires at {limit:%Y-%m-%dT%H:%M:%SZ}; one that it makes must not outlive it."
        raise rest.InvalidInput.field("expires_at", "outlives", detail)
