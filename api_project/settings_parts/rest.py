"""Django REST framework, and the description that drf-spectacular makes."""

from typing import Any

from api_project.rest.description import EXTERNAL_DOCS, SERVERS, TAGS, describe

FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api_project.rest.authentication.BearerAuthentication",
        "api_project.rest.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["api_project.rest.permissions.SignedInAndInScope"],
    "DEFAULT_PARSER_CLASSES": ["api_project.rest.parsers.JsonParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api_project.rest.negotiation.DocumentedMediaType",
    "DEFAULT_PAGINATION_CLASS": "api_project.rest.pagination.NewestFirst",
    "DEFAULT_SCHEMA_CLASS": "api_project.rest.operation_schema.OperationSchema",
    # What OPTIONS would tell stands in the schema.
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "api_project.rest.exception_handler.handle_exception",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}


def spectacular(base_url: str) -> dict[str, Any]:
    """Return what the description is made with; `base_url` is where people reach the service."""
    return {
        "TITLE": "Speech to text",
        "VERSION": "1.0.0",
        "DESCRIPTION": describe(base_url),
        "OAS_VERSION": "3.1.0",
        "SERVE_INCLUDE_SCHEMA": False,
        "SERVE_AUTHENTICATION": [],
        "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
        "SCHEMA_PATH_PREFIX": "/api/v1",
        "PATH_CONVERTER_OVERRIDES": {"id": {"type": "string", "format": "uuid"}},
        "COMPONENT_SPLIT_REQUEST": True,
        # Names of their own, so that the next app's statuses do not rename these.
        "ENUM_SUFFIX": "",
        "ENUM_NAME_OVERRIDES": {
            "TranscriptStatus": "transcripts.models.Status",
            "TranscriptSource": "transcripts.models.Source",
            "TranscriptErrorCode": "transcripts.models.ErrorCode",
            "WaitReason": "transcripts.models.WaitingFor",
            "RedactedAudioStatus": "transcripts.models.RedactedAudio.Status",
            "RedactedAudioErrorCode": "transcripts.models.RedactedAudio.ErrorCode",
            "ApiKeyScope": "api_project.rest.models.ApiKey.Scope",
            "ApiKeyState": "api_project.rest.models.ApiKey.State",
            "WebhookPayload": "webhooks.models.PayloadLevel",
            "DeliveryStatus": "webhooks.models.Delivery.Status",
            "DeliveryReason": "webhooks.models.Reason",
            "EndpointDisabledReason": "webhooks.models.Endpoint.DisabledReason",
        },
        "SWAGGER_UI_DIST": "SIDECAR",
        "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
        "SWAGGER_UI_SETTINGS": {
            "deepLinking": True,
            "displayRequestDuration": True,
            "tryItOutEnabled": True,
            # The schemas at the end of the page stay folded: they are long, and shown where they are used.
            "defaultModelsExpandDepth": 0,
        },
        "SERVERS": SERVERS,
        "EXTERNAL_DOCS": EXTERNAL_DOCS,
        "TAGS": TAGS,
        "POSTPROCESSING_HOOKS": [
            "drf_spectacular.hooks.postprocess_schema_enums",
            "api_project.rest.schema.add_problems",
            "transcripts.schema.add_examples",
            "webhooks.description.add_webhooks",
            "api_project.rest.schema_completion.complete",
        ],
    }
