"""REST operations that read what was said, all from our own store."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from drf_spectacular.utils import extend_schema_view
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api_project.rest.addresses import absolute_address
from api_project.rest.conditional import entity_tag, unchanged, with_tag
from api_project.rest.exceptions import InvalidInput
from api_project.rest.queries import read_page, read_whole_number
from api_project.rest.views import RestView
from transcripts import selectors
from transcripts.access import own_completed
from transcripts.document_pieces import read_document
from transcripts.models import Transcript, TranscriptResult
from transcripts.reading import schema
from transcripts.reading.answers import JSON, json_pieces, made_answer, to_save
from transcripts.reading.captions import DEFAULT_CHARS, MOST_CHARS, Caption, make_captions, write_srt, write_vtt
from transcripts.reading.rules import RULES
from transcripts.reading.sections import Section, make_paragraphs
from transcripts.reading.sentences import has_marks, make_sentences
from transcripts.reading.times import placed
from transcripts.reading.utterances import stored_utterances
from transcripts.reading.word_search import BadPhrase, read_phrases, search_words
from transcripts.reading.words import last_page, read_share, stored_words, words_page


class _ReadingView(RestView[Transcript]):
    """Gives something of a completed transcript. That is settled for good, so it has a version."""

    # What it gives, as it is called where there is none.
    named = "words"
    # Whether the answer has a name to be saved under, which changes with the title.
    is_saved = False

    def get(self, request: Request, transcript_id: UUID) -> HttpResponseBase:
        transcript = own_completed(request, transcript_id, self.named)
        self.check(request)
        address = absolute_address(request, request.get_full_path())
        names = [transcript.title] if self.is_saved else []
        tag = entity_tag([RULES, transcript.pk, transcript.completed_at, address, *names])
        try:
            return unchanged(request, tag) or with_tag(self.read(request, transcript), tag)
        except TranscriptResult.DoesNotExist as exc:
            # Deleted, and erased, since its row was read.
            raise Http404 from exc

    def check(self, request: Request) -> None:
        """Raise InvalidInput for a parameter that is wrong, whatever the client has already."""

    def read(self, request: Request, transcript: Transcript) -> HttpResponseBase:
        """Return the answer to a client that does not have it."""
        raise NotImplementedError


@extend_schema_view(get=schema.TEXT)
class TranscriptTextView(_ReadingView):
    """The text alone."""

    named = "text"
    is_saved = True

    def read(self, request: Request, transcript: Transcript) -> HttpResponseBase:
        text = selectors.transcript_text(transcript) or ""
        return to_save(HttpResponse(text, content_type="text/plain; charset=utf-8"), transcript, "txt", inline=True)


@extend_schema_view(get=schema.WORDS)
class TranscriptWordsView(_ReadingView):
    """The words with their times, in pages."""

    query_parameters = {"GET": ("page",)}

    def check(self, request: Request) -> None:
        read_page(request)

    def read(self, request: Request, transcript: Transcript) -> HttpResponseBase:
        number = read_page(request)
        found = words_page(transcript.pk, number - 1)
        if found is None:
            raise NotFound(f"There is no such page; the last one is {last_page(transcript.pk)}.")
        words, has_more = found
        address = absolute_address(request, reverse("transcript-words", args=[transcript.pk]))
        return Response(
            {
                "next": f"{address}?page={number + 1}" if has_more else None,
                "previous": f"{address}?page={number - 1}" if number > 1 else None,
                "results": [word._asdict() for word in words],
            }
        )


@extend_schema_view(get=schema.SENTENCES)
class TranscriptSentencesView(_ReadingView):
    """The text in sentences, with their words."""

    named = "sentences"

    def read(self, request: Request, transcript: Transcript) -> HttpResponseBase:
        sentences = (sentence.as_json() for sentence in _sentences(transcript))
        return _json_answer(request, transcript, "sentences", sentences)


@extend_schema_view(get=schema.PARAGRAPHS)
class TranscriptParagraphsView(_ReadingView):
    """The text in paragraphs, with their words."""

    named = "paragraphs"

    def read(self, request: Request, transcript: Transcript) -> HttpResponseBase:
        paragraphs = (paragraph.as_json() for paragraph in make_paragraphs(_sentences(transcript)))
        return _json_answer(request, transcript, "paragraphs", paragraphs)


@extend_schema_view(get=schema.UTTERANCES)
class TranscriptUtterancesView(_ReadingView):
    """Who said what, as the provider tells."""

    named = "utterances"

    def read(self, request: Request, transcript: Transcript) -> HttpResponseBase:
        return _json_answer(request, transcript, "utterances", stored_utterances(transcript.pk))


class _CaptionsView(_ReadingView):
    named = "captions"
    is_saved = True
    query_parameters = {"GET": ("chars_per_caption",)}

    def check(self, request: Request) -> None:
        _read_chars(request)

    def captions_answer(
        self,
        request: Request,
        transcript: Transcript,
        write: Callable[[Iterable[Caption]], Iterator[str]],
        *,
        content_type: str,
        extension: str,
    ) -> HttpResponseBase:
        captions = make_captions(_sentences(transcript), chars=_read_chars(request))
        pieces = (piece.encode() for piece in write(captions))
        return to_save(made_answer(request, transcript, pieces, content_type=content_type), transcript, extension)


@extend_schema_view(get=schema.SRT)
class TranscriptSrtView(_CaptionsView):
    """Captions for players, as SubRip."""

    def read(self, request: Request, transcript: Transcript) -> HttpResponseBase:
        # As AssemblyAI answers; generators of clients pass over `application/x-subrip`.
        content_type = "text/plain; charset=utf-8"
        return self.captions_answer(request, transcript, write_srt, content_type=content_type, extension="srt")


@extend_schema_view(get=schema.VTT)
class TranscriptVttView(_CaptionsView):
    """Captions for browsers, as WebVTT."""

    def read(self, request: Request, transcript: Transcript) -> HttpResponseBase:
        content_type = "text/vtt; charset=utf-8"
        return self.captions_answer(request, transcript, write_vtt, content_type=content_type, extension="vtt")


@extend_schema_view(get=schema.DOCUMENT)
class TranscriptDocumentView(_ReadingView):
    """The provider's own document."""

    named = "document"
    is_saved = True

    def read(self, request: Request, transcript: Transcript) -> HttpResponseBase:
        answer = made_answer(request, transcript, read_document(transcript.pk), content_type=JSON)
        return to_save(answer, transcript, "json")


@extend_schema_view(get=schema.WORD_SEARCH)
class TranscriptWordSearchView(_ReadingView):
    """Where words and phrases were said."""

    query_parameters = {"GET": ("words",)}

    def check(self, request: Request) -> None:
        _read_phrases(request)

    def read(self, request: Request, transcript: Transcript) -> HttpResponseBase:
        matches = search_words(stored_words(transcript.pk), _read_phrases(request))
        total = sum(match["count"] for match in matches)
        return Response({"id": str(transcript.pk), "total_count": total, "matches": matches})


def _read_chars(request: Request) -> int:
    return read_whole_number(request, "chars_per_caption", default=DEFAULT_CHARS, maximum=MOST_CHARS)


def _read_phrases(request: Request) -> list[str]:
    try:
        return read_phrases(request.query_params.get("words", ""))
    except BadPhrase as exc:
        raise InvalidInput.field("words", "invalid", str(exc)) from exc


def _sentences(transcript: Transcript) -> Iterator[Section]:
    words = placed(stored_words(transcript.pk), seconds=transcript.audio_duration)
    return make_sentences(words, with_marks=has_marks(transcript.result.text))


def _json_answer(
    request: Request, transcript: Transcript, name: str, items: Iterable[dict[str, Any]]
) -> HttpResponseBase:
    head = {
        "id": str(transcript.pk),
        "confidence": read_share(transcript.confidence) if transcript.result.word_count else None,
        "audio_duration": transcript.audio_duration,
    }
    return made_answer(request, transcript, json_pieces(head, name, items), content_type=JSON)
