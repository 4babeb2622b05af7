"""What the API's description says about reading transcripts."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from api_project.rest.queries import LARGEST_PAGE
from api_project.rest.schema import problems
from transcripts.reading.serializers import WordPageSerializer
from transcripts.schema import answer, operation

_WORDS = [
    {"text": "Ask", "start": 5_320, "end": 5_680, "confidence": 0.97, "speaker": None, "channel": None},
    {"text": "not", "start": 5_700, "end": 6_120, "confidence": 0.96, "speaker": None, "channel": None},
]

TEXT = operation(
    "get_transcript_text",
    "Get the text alone",
    "Plain UTF-8 text, once `status` is `completed`.",
    responses={
        (200, "text/plain"): OpenApiResponse(
            OpenApiTypes.STR,
            "The text.",
            examples=[OpenApiExample("text", value="And so, my fellow Americans.", media_type="text/plain")],
        ),
    },
    **problems(409),
)
WORDS = operation(
    "list_transcript_words",
    "Get the words with their times",
    "Once `status` is `completed`; in pages, because ten hours of speech are 100,000 words.",
    parameters=[
        OpenApiParameter(
            "page", {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": 1}, description="Which page."
        )
    ],
    responses={
        200: answer(
            WordPageSerializer, "page", {"next": None, "previous": None, "results": _WORDS}, "A page of words."
        ),
    },
    **problems(409),
)
