"""What the API's description says about sending audio."""

from functools import partial
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from api_project.rest.conditional import ETAG, IF_MATCH, IF_NONE_MATCH, NOT_MODIFIED
from api_project.rest.schema import problems
from api_project.rest.serving import DISPOSITION, DISPOSITIONS
from transcripts.schema import operation as operation_with_tag

# The types that `api_project.rest.media_names` lists, and bytes of an unknown kind.
MEDIA_TYPES = ("application/octet-stream", "audio/*", "video/*", "application/mxf")
_SENT = (200, 206)
_MANNERS = (
    "A `Range` gets that part alone, as `206`, so that players can seek and broken downloads go on; with `If-Range` "
    "only while it is the same file. Several ranges at once get the whole. What the file is sent as, is what its first "
    "bytes told when it came in."
)
TAG = "audio"
operation = partial(operation_with_tag, tag=TAG)
_TAG = '"3f1f6f0a2b44c89cd5e0a1b2c3d4e5f6"'


def _header(name: str, description: str, example: str, *, response: Any = None) -> OpenApiParameter:
    # An example of the schema: Swagger UI would send one of the parameter.
    schema = {"type": "string", "examples": [example]}
    return OpenApiParameter(name, schema, OpenApiParameter.HEADER, description=description, response=response)


_PARAMETERS = [
    OpenApiParameter(
        DISPOSITION,
        {"type": "string", "enum": list(DISPOSITIONS), "default": DISPOSITIONS[0]},
        description="`attachment`: browsers save it; `inline`: they may play it where it is.",
    ),
    _header("Range", "Which part, such as `bytes=0-1023`, `bytes=1024-` or `bytes=-1024`.", "bytes=0-1023"),
    _header("If-Range", "An `ETag`; with another one the Range is left aside, and the whole is sent.", _TAG),
    IF_NONE_MATCH,
    IF_MATCH,
    ETAG,
    _header("ETag", "Made of the file's SHA-256.", _TAG, response=[206]),
    _header("Accept-Ranges", "`bytes`.", "bytes", response=list(_SENT)),
    _header(
        "Content-Disposition", "The name to save it under.", 'attachment; filename="address.flac"', response=list(_SENT)
    ),
    _header("Content-Range", "Which part of how many bytes.", "bytes 0-1023/146515", response=[206]),
]


def _file(operation_id: str, summary: str, description: str, *statuses: int) -> Any:
    sentences = {200: "The file.", 206: "The part that Range asks for."}
    responses: dict[Any, Any] = {
        (status, media_type): OpenApiResponse(OpenApiTypes.BINARY, sentences[status])
        for status in _SENT
        for media_type in MEDIA_TYPES
    }
    return operation(
        operation_id,
        summary,
        f"{description}\n\n{_MANNERS}",
        parameters=_PARAMETERS,
        responses={**responses, 304: NOT_MODIFIED},
        **problems(412, 416, *statuses),
    )


AUDIO = _file(
    "get_transcript_audio",
    "Get the audio",
    "The file as it was received. There is none of a transcript whose source is `url`: the provider fetched that.",
)
REDACTED_AUDIO = _file(
    "get_transcript_redacted_audio",
    "Get the audio without personal data",
    "The file that the option `redact_pii_audio` asks for. It is made after the transcript: until then the answer is "
    "409 with `Retry-After`, and `redacted_audio` in the record says how far it is, or why there will be none.",
    409,
)
