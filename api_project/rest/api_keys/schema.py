"""What the API's description says about API keys, apart from what the serializers say."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from api_project.rest.api_keys.serializers import (
    ApiKeyCreatedSerializer,
    ApiKeyCreateSerializer,
    ApiKeySerializer,
    ApiKeyUpdateSerializer,
)
from api_project.rest.models import ApiKey
from api_project.rest.schema import PAGE_PARAMETERS, problems

TAG = "keys"

_RECORD: dict[str, Any] = {
    "id": "0193fe2a-1f00-7c44-8a10-2b7f0c1d9e55",
    "name": "nightly import",
    "prefix": "stt_Zk3vQ9Lm",
    "scope": "write",
    "state": "active",
    "created_at": "2026-11-22T17:00:00.000000Z",
    "expires_at": "2027-02-20T17:00:00.000000Z",
    "last_used_at": None,
    "revoked_at": None,
}


def _answer(serializer: Any, name: str, value: dict[str, Any], description: str) -> OpenApiResponse:
    return OpenApiResponse(serializer, description, examples=[OpenApiExample(name, value=value, response_only=True)])


def _operation(operation_id: str, summary: str, description: str, **more: Any) -> Any:
    return extend_schema(tags=[TAG], operation_id=operation_id, summary=summary, description=description, **more)


LIST = _operation(
    "list_api_keys",
    "List API keys",
    "All your keys, newest first, those that are no longer good too: a year after a key was revoked or expired it is "
    "forgotten. No key itself is told, only how it begins.",
    parameters=[
        *PAGE_PARAMETERS,
        OpenApiParameter(
            "state", {"type": "string", "enum": ApiKey.State.values}, description="Only those in this state."
        ),
    ],
    responses={200: _answer(ApiKeySerializer(many=True), "page", _RECORD, "A page.")},
)
CREATE = _operation(
    "create_api_key",
    "Make an API key",
    (
        "The answer has the key in `key`, this once: keep it. A key that expires makes none that outlives it, and a "
        "read key makes none at all. One user may have up to 100 active keys; beyond that the answer is 409 until one "
        "is revoked. And one user may make 50 within 24 hours, whatever became of them; beyond that the answer is 429, "
        "and `Retry-After` says when there is room again."
    ),
    request=ApiKeyCreateSerializer,
    examples=[
        OpenApiExample(
            "for ninety days",
            value={"name": "nightly import", "scope": "write", "expires_in_days": 90},
            request_only=True,
        )
    ],
    parameters=[
        OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[201], description="The key's record."),
    ],
    responses={
        201: _answer(
            ApiKeyCreatedSerializer,
            "made",
            _RECORD | {"key": "stt_Zk3vQ9LmExampleExampleExampleExampleExample"},
            "Made; good at once.",
        )
    },
    **problems(408, 409, 411, 413, 415),
)
DETAIL = _operation(
    "get_api_key",
    "Get an API key",
    "The record of a key, without the key itself.",
    responses={200: _answer(ApiKeySerializer, "active", _RECORD, "The record.")},
)
UPDATE = _operation(
    "update_api_key",
    "Rename an API key",
    "Scope and end of a key stay what they are; make another one instead.",
    request=ApiKeyUpdateSerializer,
    examples=[OpenApiExample("another name", value={"name": "weekly import"}, request_only=True)],
    responses={200: _answer(ApiKeySerializer, "renamed", _RECORD | {"name": "weekly import"}, "The record.")},
    **problems(408, 411, 413, 415),
)
REVOKE = _operation(
    "revoke_api_key",
    "Revoke an API key",
    (
        "From the next request on the key is refused, even if it is the one that asked for this. Its record stays "
        "for a year, as `revoked`; revoking it again changes nothing."
    ),
    responses={204: OpenApiResponse(description="Revoked.")},
)
