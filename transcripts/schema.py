"""What the API's description says about transcripts, apart from what the serializers say."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from api_project.rest.conditional import ETAG, IF_MATCH, IF_NONE_MATCH, NOT_MODIFIED
from api_project.rest.idempotency import schema as idempotency
from api_project.rest.schema import PAGE_PARAMETERS, problems
from api_project.rest.strict_fields import ONE_LINE
from api_project.rest.waiting import PREFER, retry_after, waiting_headers
from transcripts.destinations import ID_SCHEMA, MAX_ENDPOINTS, MAX_WEBHOOK_URL
from transcripts.finding import schema as finding
from transcripts.options.examples import add_option_examples, request_examples
from transcripts.serializers import (
    MAX_TITLE,
    TranscriptFromFormSerializer,
    TranscriptFromUrlSerializer,
    TranscriptItemSerializer,
    TranscriptSerializer,
    TranscriptUpdateSerializer,
)

TAG = "transcripts"
EXAMPLE_ID = "0193fe2a-6b70-7d1c-9c55-3f1f6f0a2b44"
EXAMPLE_ENDPOINT = "0193fe2b-0a4e-7f30-9b1c-6d2e8f4a7c15"
EXAMPLE_SHA256 = "31247b95ae8f68346f70b94e795aa169d37610af87d9ef5ff89c86a8dd60c092"

_RECORD: dict[str, Any] = {
    "id": EXAMPLE_ID,
    "status": "completed",
    "title": "Inaugural address",
    "source": "upload",
    "file": {
        "name": "address.flac",
        "size": 1_152_693,
        "content_type": "audio/flac",
        "sha256": EXAMPLE_SHA256,
    },
    "audio_url": None,
    "options": {"language_code": "en_us"},
    "metadata": {"case": 4711},
    "webhook_endpoints": None,
    "webhook_url": None,
    "confidence": 0.94,
    "language_code": "en_us",
    "audio_duration": 11,
    "speech_model_used": "universal-2",
    "warnings": [],
    "error": None,
    "provider_id": "9ea68fd3-f953-42c1-9742-976c447fb463",
    "call": None,
    "recording": None,
    "progress": None,
    "waiting_for": None,
    "created_at": "2026-11-22T17:00:00.000000Z",
    "submitted_at": "2026-11-22T17:00:01.200000Z",
    "completed_at": "2026-11-22T17:00:09.900000Z",
}
_QUEUED: dict[str, Any] = _RECORD | {
    "status": "queued",
    "confidence": None,
    "language_code": None,
    "audio_duration": None,
    "speech_model_used": None,
    "provider_id": None,
    "submitted_at": None,
    "completed_at": None,
}
_COMPLETED = _RECORD | {
    "text": "And so, my fellow Americans, ask not what your country can do for you.",
    "redacted_audio": None,
}


def add_examples(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Give what forms are filled with an example, and put first what they are about.

    Without an example Swagger UI sends every option at once.
    """
    schemas = result["components"]["schemas"]
    add_option_examples(schemas)
    schemas["OptionsRequest"]["example"] = {"punctuate": True}
    for name, first in (("TranscriptFromFormRequest", "file"), ("TranscriptFromUrlRequest", "audio_url")):
        fields = schemas[name]["properties"]
        fields["metadata"]["example"] = {}
        fields["title"]["example"] = "My first transcript"
        # None at all is not the same as all that want to know.
        fields["webhook_endpoints"]["example"] = None
        fields["webhook_url"]["example"] = ""
        schemas[name]["properties"] = {first: fields.pop(first), **fields}
    return result


def answer(serializer: Any, name: str, value: dict[str, Any], description: str) -> OpenApiResponse:
    """Return an answer with its one example."""
    return OpenApiResponse(serializer, description, examples=[OpenApiExample(name, value=value, response_only=True)])


def operation(operation_id: str, summary: str, description: str, *, tag: str = TAG, **more: Any) -> Any:
    """Return the decorator that describes an operation on transcripts."""
    return extend_schema(tags=[tag], operation_id=operation_id, summary=summary, description=description, **more)


_ACCEPTED = answer(
    TranscriptSerializer,
    "accepted",
    _QUEUED | {"text": None, "redacted_audio": None},
    "Accepted and stored; `Location` is where to watch it.",
)
_LOCATION = OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[202], description="The transcript.")


def _of_raw_body(name: str, description: str, example: Any, **more: Any) -> OpenApiParameter:
    # An example of the schema: one of the parameter would be sent by Swagger UI, where only some bodies allow it.
    schema = {"type": "string", "examples": [example], **more}
    return OpenApiParameter(
        name,
        schema,
        description=f"{description} Only where the body is the bare bytes of a file; else it stands in it.",
    )


LIST = operation(
    "list_transcripts",
    "List transcripts",
    finding.PROSE,
    parameters=[*PAGE_PARAMETERS, *finding.PARAMETERS],
    responses={
        200: OpenApiResponse(
            TranscriptItemSerializer(many=True),
            "A page.",
            examples=[
                OpenApiExample(
                    "page", value=_RECORD | {"excerpt": "And so, my fellow Americans, ask not"}, response_only=True
                )
            ],
        ),
    },
    **problems(422),
)
CREATE = operation(
    "create_transcript",
    "Transcribe audio",
    (
        "Takes audio in one of three ways: a form with a `file`; the bare bytes as the body (as "
        "`application/octet-stream`, `audio/…` or `video/…`), everything else in the query; or JSON with an "
        "`audio_url` that the provider fetches. What the file is, is told by its first bytes, not by its name or "
        "Content-Type. A body needs a Content-Length.\n\n"
        "When the answer comes, the audio is safely stored and will be transcribed whatever happens. Ask for the "
        "address in `Location` until `status` is `completed` or `error`; or send `Prefer: wait=60` along, and the "
        "answer is held back until then, for a minute at most. It is 202 either way.\n\n" + idempotency.PROSE
    ),
    request={
        "multipart/form-data": TranscriptFromFormSerializer,
        "application/json": TranscriptFromUrlSerializer,
        # Any audio/… and video/… as well, but generators of clients stumble over media types with a star.
        "application/octet-stream": OpenApiTypes.BINARY,
    },
    parameters=[
        *idempotency.PARAMETERS,
        PREFER,
        *waiting_headers(202),
        _LOCATION,
        _of_raw_body("filename", "The file's name; else that of a `Content-Disposition`.", "address.flac"),
        _of_raw_body("title", "A name for people.", "Inaugural address", maxLength=MAX_TITLE, pattern=ONE_LINE),
        _of_raw_body("options", "How to transcribe, as JSON.", '{"language_code": "en_us"}'),
        _of_raw_body("metadata", "A JSON object of yours.", '{"case": 4711}'),
        _of_raw_body(
            "webhook_endpoints",
            "Your endpoints that are told of it, by id, instead of all that want to know; `[]` for none.",
            [EXAMPLE_ENDPOINT],
            type="array",
            items=ID_SCHEMA,
            maxItems=MAX_ENDPOINTS,
        ),
        _of_raw_body(
            "webhook_url",
            "An address that is told of it as well.",
            "https://receiver.example.com/hooks/speech",
            maxLength=MAX_WEBHOOK_URL,
        ),
    ],
    examples=[
        OpenApiExample(
            "from an address",
            value={"audio_url": "https://example.com/address.flac", "options": {"language_code": "en_us"}},
            request_only=True,
            media_type="application/json",
        ),
        OpenApiExample(
            "a file",
            value={"file": "(the bytes of address.flac)", "title": "Inaugural address", "metadata": {"case": 4711}},
            request_only=True,
            media_type="multipart/form-data",
        ),
        OpenApiExample(
            "bare bytes",
            value="(the bytes of address.flac)",
            request_only=True,
            media_type="application/octet-stream",
        ),
        *request_examples(),
    ],
    responses={202: _ACCEPTED},
    **problems(408, 411, 413, 415, *idempotency.PROBLEMS),
)
DETAIL = operation(
    "get_transcript",
    "Get a transcript",
    (
        "The whole record, with its text once `status` is `completed`. With `Prefer: wait=60` the answer is held back "
        "until `status` is `completed` or `error`, for a minute at most. Whoever asks again and again sends the `ETag` "
        "of the last answer as `If-None-Match`, and gets an empty 304 while nothing has changed."
    ),
    parameters=[PREFER, *waiting_headers(200, 304), IF_NONE_MATCH, IF_MATCH, ETAG],
    responses={
        200: answer(TranscriptSerializer, "completed", _COMPLETED, "The transcript."),
        304: NOT_MODIFIED,
    },
    **problems(412),
)
UPDATE = operation(
    "update_transcript",
    "Change title or metadata",
    (
        "What is left out stays as it is; `metadata` takes the place of the whole object that was there. With an "
        "`ETag` as `If-Match` nothing is changed if the record is another version by now: 412."
    ),
    request=TranscriptUpdateSerializer,
    examples=[
        OpenApiExample(
            "a new title", value={"title": "Inaugural address", "metadata": {"case": 4711}}, request_only=True
        )
    ],
    parameters=[IF_MATCH, ETAG, retry_after(200)],
    responses={200: answer(TranscriptSerializer, "changed", _COMPLETED, "The transcript as it is now.")},
    **problems(408, 411, 412, 413, 415),
)
DELETE = operation(
    "delete_transcript",
    "Delete a transcript",
    (
        "Gone for every reader at once; audio, text, what can be searched, what the provider told and the provider's "
        "copy are then erased, and tried again until it is done."
    ),
    parameters=[IF_MATCH],
    responses={204: OpenApiResponse(description="Deleted.")},
    **problems(412),
)
RETRY = operation(
    "retry_transcript",
    "Try a failed transcript again",
    (
        "Only from status `error`. With an `ETag` as `If-Match` it is not tried again if it is another version by now: "
        "412."
    ),
    request=None,
    parameters=[IF_MATCH, _LOCATION, retry_after(202)],
    responses={202: _ACCEPTED},
    **problems(409, 412),
)
