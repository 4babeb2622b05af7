"""What the API's description says about reading transcripts."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from api_project.rest.conditional import ETAG, IF_MATCH, IF_NONE_MATCH, NOT_MODIFIED
from api_project.rest.queries import LARGEST_PAGE
from api_project.rest.schema import problems
from transcripts.reading.captions import DEFAULT_CHARS, MOST_CHARS
from transcripts.reading.serializers import (
    ParagraphsSerializer,
    SentencesSerializer,
    UtterancesSerializer,
    WordPageSerializer,
    WordSearchSerializer,
)
from transcripts.reading.word_search import LONGEST_PHRASE, MOST_PHRASES
from transcripts.schema import EXAMPLE_ID, answer
from transcripts.schema import operation as operation_with_tag

TAG = "reading"

_WORDS = [
    {"text": "Ask", "start": 5_320, "end": 5_680, "confidence": 0.97, "speaker": None, "channel": None},
    {"text": "not.", "start": 5_700, "end": 6_120, "confidence": 0.96, "speaker": None, "channel": None},
]
_SECTION: dict[str, Any] = {
    "text": "Ask not.",
    "start": 5_320,
    "end": 6_120,
    "confidence": 0.965,
    "words": _WORDS,
    "speaker": None,
    "channel": None,
}
_UTTERANCE = _SECTION | {"speaker": "A", "words": [word | {"speaker": "A"} for word in _WORDS]}
_HEAD = {"id": EXAMPLE_ID, "confidence": 0.94, "audio_duration": 11}
_SRT = "1\n00:00:05,320 --> 00:00:06,120\nAsk not.\n"
_VTT = "WEBVTT\n\n00:00:05.320 --> 00:00:06.120\nAsk not.\n"

_CHARS = OpenApiParameter(
    "chars_per_caption",
    {"type": "integer", "minimum": 1, "maximum": MOST_CHARS, "default": DEFAULT_CHARS},
    description="The most characters of a caption; a single word that is longer stands alone.",
)
_NAME = OpenApiParameter(
    "Content-Disposition",
    str,
    OpenApiParameter.HEADER,
    response=[200],
    description="A name to save it under, made of the title or the file's name.",
)
_ONCE_COMPLETED = "Once `status` is `completed`; until then 409. A transcript without words gives an empty answer."
_CAPTION_RULES = (
    f"{_ONCE_COMPLETED} Captions are made from sentences: whole words of one sentence, no longer than "
    "`chars_per_caption`, and not over a silence of two seconds. They come in the order in which they begin, also "
    "where AssemblyAI's do not, because two channels speak at once."
)


def operation(
    operation_id: str,
    summary: str,
    description: str,
    *,
    responses: dict[Any, OpenApiResponse],
    parameters: Sequence[OpenApiParameter] = (),
) -> Any:
    """Return the decorator that describes an operation of those that read a completed transcript."""
    return operation_with_tag(
        operation_id,
        summary,
        description,
        tag=TAG,
        parameters=[*parameters, IF_NONE_MATCH, IF_MATCH, ETAG],
        responses={**responses, 304: NOT_MODIFIED},
        **problems(409, 412),
    )


def _file(media_type: str, name: str, value: str, description: str) -> dict[Any, OpenApiResponse]:
    example = OpenApiExample(name, value=value, media_type=media_type, response_only=True)
    return {(200, media_type): OpenApiResponse(OpenApiTypes.STR, description, examples=[example])}


TEXT = operation(
    "get_transcript_text",
    "Get the text alone",
    "Plain UTF-8 text, once `status` is `completed`; until then 409.",
    parameters=[_NAME],
    responses=_file("text/plain", "text", "And so, my fellow Americans.", "The text."),
)
WORDS = operation(
    "list_transcript_words",
    "Get the words with their times",
    "Once `status` is `completed`; in pages, because ten hours of speech are 100,000 words. They are the provider's, "
    "in its order: by time, so that several channels are interleaved. A time that it left out is filled in from the "
    "other one; its own document is at `json/`.",
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
)
SENTENCES = operation(
    "get_transcript_sentences",
    "Get the text in sentences",
    f"{_ONCE_COMPLETED}\n\n"
    "The shape is AssemblyAI's, the sentences are our own, made from the words. Each channel is read by itself. A "
    "sentence ends with a word that ends in a full stop, a question or an exclamation mark, and where the speaker "
    'changes; not after a title or an initial ("Dr.", "J."), nor after "p.m." and the like before a small letter. A '
    "transcript without any such mark is cut at pauses of 0.7 s and after 30 words.",
    responses={
        200: answer(SentencesSerializer, "sentences", {**_HEAD, "sentences": [_SECTION]}, "All sentences."),
    },
)
PARAGRAPHS = operation(
    "get_transcript_paragraphs",
    "Get the text in paragraphs",
    f"{_ONCE_COMPLETED}\n\n"
    "The shape is AssemblyAI's. A paragraph is made of whole sentences and ends where somebody else speaks, before a "
    "pause of two seconds, and after 100 words.",
    responses={
        200: answer(ParagraphsSerializer, "paragraphs", {**_HEAD, "paragraphs": [_SECTION]}, "All paragraphs."),
    },
)
UTTERANCES = operation(
    "get_transcript_utterances",
    "Get who said what",
    f"{_ONCE_COMPLETED}\n\n"
    "The turns of the speakers, as the provider tells them in its document, where AssemblyAI has no operation for "
    "them. There are none unless `speaker_labels` or `multichannel` was asked for.",
    responses={
        200: answer(UtterancesSerializer, "utterances", {**_HEAD, "utterances": [_UTTERANCE]}, "All utterances."),
    },
)
SRT = operation(
    "get_transcript_srt",
    "Get captions as SubRip",
    f"UTF-8, for players. {_CAPTION_RULES}",
    parameters=[_CHARS, _NAME],
    responses=_file("text/plain", "captions", _SRT, "The captions."),
)
VTT = operation(
    "get_transcript_vtt",
    "Get captions as WebVTT",
    f"For the `<track>` of a web page. {_CAPTION_RULES} `&`, `<` and `>` are escaped, as WebVTT wants it.",
    parameters=[_CHARS, _NAME],
    responses=_file("text/vtt", "captions", _VTT, "The captions."),
)
DOCUMENT = operation(
    "get_transcript_json",
    "Get the provider's document",
    "AssemblyAI's own document, byte for byte as it was received; its `id` is what the record calls `provider_id`. "
    "What the options asked for beside the text (entities, sentiment, topics …) is found here. Once `status` is "
    "`completed`; until then 409.",
    parameters=[_NAME],
    responses={
        200: answer(
            OpenApiTypes.OBJECT,
            "document",
            {"id": "9ea68fd3-f953-42c1-9742-976c447fb463", "status": "completed", "text": "Ask not.", "words": _WORDS},
            "The document; see https://www.assemblyai.com/docs/api-reference/transcripts/get",
        ),
    },
)
WORD_SEARCH = operation(
    "search_transcript_words",
    "Find words in a transcript",
    "Once `status` is `completed`; until then 409. Case and punctuation do not count. The shape is AssemblyAI's: what "
    "was not said is left out of `matches`. A phrase is found on each channel by itself, also where the words of "
    "another channel come between.",
    parameters=[
        OpenApiParameter(
            "words",
            str,
            required=True,
            description=(
                f"Up to {MOST_PHRASES} words, or phrases of up to {LONGEST_PHRASE} words, separated by commas."
            ),
            examples=[OpenApiExample("a word and a phrase", value="country,ask not")],
        )
    ],
    responses={
        200: answer(
            WordSearchSerializer,
            "matches",
            {
                "id": EXAMPLE_ID,
                "total_count": 1,
                "matches": [{"text": "ask not", "count": 1, "timestamps": [[5_320, 6_120]], "indexes": [10]}],
            },
            "What was found.",
        ),
    },
)
