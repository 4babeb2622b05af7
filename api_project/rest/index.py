"""Where the API begins. It tells nothing that the description does not, so anybody may ask."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api_project.rest.addresses import absolute_address
from api_project.rest.views import RestView

# By field: the name of the address, as Django has it.
BEGINNINGS: Mapping[str, str] = {
    "transcripts": "transcript-list",
    "webhook_endpoints": "webhook-endpoint-list",
    "events": "event-list",
    "deliveries": "delivery-list",
    "usage": "usage",
    "api_keys": "api-key-list",
    "schema": "schema",
    "docs": "docs",
}
_HOST = "https://speech.example.com"


class IndexSerializer(serializers.Serializer[Any]):
    """Addresses under which everything else is found."""

    transcripts = serializers.URLField(help_text="Transcripts: making and finding them.")
    webhook_endpoints = serializers.URLField(help_text="Where you are told what happens.")
    events = serializers.URLField(help_text="What happened.")
    deliveries = serializers.URLField(help_text="What you were, and were not, told of it.")
    usage = serializers.URLField(help_text="What you have used of what you may use.")
    api_keys = serializers.URLField(help_text="API keys.")
    schema = serializers.URLField(help_text="This description, for programs.")
    docs = serializers.URLField(help_text="This description, for people.")


_EXAMPLE = OpenApiExample(
    "index",
    value={
        "transcripts": f"{_HOST}/api/v1/transcripts/",
        "webhook_endpoints": f"{_HOST}/api/v1/webhook-endpoints/",
        "events": f"{_HOST}/api/v1/events/",
        "deliveries": f"{_HOST}/api/v1/deliveries/",
        "usage": f"{_HOST}/api/v1/usage/",
        "api_keys": f"{_HOST}/api/v1/api-keys/",
        "schema": f"{_HOST}/api/schema/",
        "docs": f"{_HOST}/api/docs/",
    },
    response_only=True,
)
_GET = extend_schema(
    tags=["index"],
    operation_id="get_index",
    summary="See where everything begins",
    description="The addresses that all others are found from. Anybody may ask, signed in or not.",
    responses={200: OpenApiResponse(IndexSerializer, "Where everything begins.", examples=[_EXAMPLE])},
)


@extend_schema_view(get=_GET)
class IndexView(RestView[Any]):
    """Where everything begins."""

    authentication_classes = ()
    permission_classes = ()

    def get(self, request: Request) -> Response:
        addresses = {name: absolute_address(request, reverse(view)) for name, view in BEGINNINGS.items()}
        return Response(IndexSerializer(addresses).data)
