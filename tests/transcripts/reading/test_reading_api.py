"""The operations that read what was said: what they answer, under which name, and when not."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import HttpRequest, HttpResponseBase
from rest_framework.request import Request

from tests.api import TRANSCRIPTS, api_client, fields_at_fault
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import make_transcript
from tests.transcripts.ending import make_completed, make_failed
from tests.transcripts.reading.spoken import interleaved, make_said, said
from transcripts.document_pieces import PIECE_BYTES, read_document
from transcripts.models import DocumentPiece, Transcript, TranscriptResult
from transcripts.reading.answers import FEW_WORDS, made_answer
from transcripts.reading.utterances import stored_utterances
from transcripts.reading.words import stored_words
from transcripts.services import transcript_delete

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]

PARTS = [
    "txt/", "words/", "sentences/", "paragraphs/", "utterances/", "srt/", "vtt/", "json/", "word-search/?words=hello",
]  # fmt: skip


def get(transcript: Transcript, part: str, **extra: Any) -> Any:
    return api_client().get(f"{TRANSCRIPTS}{transcript.pk}/{part}", **extra)


def body(response: HttpResponseBase) -> bytes:
    return b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]


@pytest.fixture
def transcript(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> Transcript:
    return make_said(assemblyai_fake, run_due, said("Hello world. How are you?"), confidence=0.8)


def test_sentences_have_assemblyais_shape(transcript: Transcript) -> None:
    answer = get(transcript, "sentences/").json()
    assert (answer["id"], answer["confidence"], answer["audio_duration"]) == (str(transcript.pk), 0.8, 3)
    first, second = answer["sentences"]
    assert (first["text"], first["start"], first["end"], first["confidence"]) == ("Hello world.", 0, 900, 0.9)
    assert second["words"][0] == {
        "text": "How", "start": 1000, "end": 1400, "confidence": 0.9, "speaker": None, "channel": None,
    }  # fmt: skip


def test_paragraphs_have_assemblyais_shape(transcript: Transcript) -> None:
    answer = get(transcript, "paragraphs/").json()
    assert set(answer) == {"id", "confidence", "audio_duration", "paragraphs"}
    assert [paragraph["text"] for paragraph in answer["paragraphs"]] == ["Hello world. How are you?"]


def test_utterances_are_the_providers(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    word = said("Hello.", speaker="A")[0]._asdict()
    given = {"text": "Hello.", "start": 0, "end": 400, "confidence": 0.7, "speaker": "A", "words": [word], "more": 1}
    transcript = make_said(assemblyai_fake, run_due, [word], utterances=[given, 3, {"words": 4}])

    assert get(transcript, "utterances/").json()["utterances"] == [
        {"text": "Hello.", "start": 0, "end": 400, "confidence": 0.7, "words": [word], "speaker": "A", "channel": None},
        {"text": "", "start": 0, "end": 0, "confidence": None, "words": [], "speaker": None, "channel": None},
    ]


@pytest.mark.parametrize("utterances", [None, 3, "x", {"item": [{"text": "a"}]}, [], [[{"text": "a"}]]])
def test_where_the_provider_tells_of_no_utterances_there_are_none(
    utterances: Any, assemblyai_fake: FakeAssemblyAI, run_due: RunDue
) -> None:
    transcript = make_said(assemblyai_fake, run_due, said("Hello."), utterances=utterances)
    assert get(transcript, "utterances/").json()["utterances"] == []


@pytest.mark.parametrize(
    ("part", "content_type", "disposition"),
    [
        ("txt/", "text/plain; charset=utf-8", "inline"),
        ("srt/", "text/plain; charset=utf-8", "attachment"),
        ("vtt/", "text/vtt; charset=utf-8", "attachment"),
        ("json/", "application/json", "attachment"),
    ],
)
def test_an_export_says_what_it_is_and_how_to_save_it(
    transcript: Transcript, part: str, content_type: str, disposition: str
) -> None:
    response = get(transcript, part)
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == (content_type, "nosniff")
    assert response["Content-Disposition"] == f'{disposition}; filename="call.{part[:-1]}"'


@pytest.mark.parametrize(
    ("title", "file_name", "expected"),
    [
        ("Inaugural address", "a.flac", 'filename="Inaugural address.srt"'),
        ("", "talk.of.the.town.mp3", 'filename="talk.of.the.town.srt"'),
        ("Grüße", "", "filename*=utf-8''Gr%C3%BC%C3%9Fe.srt"),
        ('../../etc/"pass"\r\nX: 1', "", 'filename="etc pass X 1.srt"'),
        ("\u202etxt.exe\x1b", "", 'filename="txt.exe.srt"'),
        ("...", "..", None),
        ("", "", None),
        ("x" * 200, "", f'filename="{"x" * 100}.srt"'),
    ],
)
def test_the_name_to_save_under_is_safe(
    transcript: Transcript, title: str, file_name: str, expected: str | None
) -> None:
    Transcript.objects.filter(pk=transcript.pk).update(title=title, file_name=file_name)
    response = get(transcript, "srt/")
    expected = expected or f'filename="{transcript.pk}.srt"'
    assert response["Content-Disposition"] == f"attachment; {expected}"


def test_the_document_is_given_byte_for_byte(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    transcript = make_said(assemblyai_fake, run_due, said("Hello."), odd={"spacing": [1.50, "\u00fc"]})
    assert body(get(transcript, "json/")) == json.dumps(assemblyai_fake.only_job).encode()


def test_a_document_of_many_pieces_is_put_together_again(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    transcript = make_said(assemblyai_fake, run_due, said("Hello."), filler="x" * (2 * PIECE_BYTES))
    assert DocumentPiece.objects.filter(result=transcript.pk).count() == 3
    assert body(get(transcript, "json/")) == json.dumps(assemblyai_fake.only_job).encode()


def test_word_search_answers_as_assemblyai_does(transcript: Transcript) -> None:
    assert get(transcript, "word-search/?words=ARE you,hello,bus").json() == {
        "id": str(transcript.pk),
        "total_count": 2,
        "matches": [
            {"text": "ARE you", "count": 1, "timestamps": [[1500, 2400]], "indexes": [3]},
            {"text": "hello", "count": 1, "timestamps": [[0, 400]], "indexes": [0]},
        ],
    }


@pytest.mark.parametrize("query", ["", "?words=", "?words=,,", "?words=a+b+c+d+e+f", f"?words={'a,' * 51}"])
def test_a_word_search_for_nothing_or_too_much_is_refused(transcript: Transcript, query: str) -> None:
    response = get(transcript, f"word-search/{query}")
    assert (response.status_code, fields_at_fault(response)) == (400, {"words": "invalid"})


@pytest.mark.parametrize("part", ["srt/", "vtt/"])
@pytest.mark.parametrize("chars", ["0", "-1", "1001", "x", ""])
def test_a_length_that_is_none_is_refused(transcript: Transcript, part: str, chars: str) -> None:
    response = get(transcript, f"{part}?chars_per_caption={chars}")
    assert (response.status_code, fields_at_fault(response)) == (400, {"chars_per_caption": "invalid"})


def test_captions_are_as_long_as_asked_for(transcript: Transcript) -> None:
    lines = body(get(transcript, "srt/?chars_per_caption=7")).decode().split("\n")
    assert lines[2::4] == ["Hello", "world.", "How are", "you?"]


def test_channels_are_read_by_themselves(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    words = interleaved(said("Left one two.", channel="1"), said("Right one.", channel="2", start=200))
    transcript = make_said(assemblyai_fake, run_due, words)
    sentences = get(transcript, "sentences/").json()["sentences"]
    assert [(sentence["text"], sentence["channel"]) for sentence in sentences] == [
        ("Left one two.", "1"),
        ("Right one.", "2"),
    ]


@pytest.mark.parametrize("words", [[], None])
def test_without_words_the_answer_is_empty_and_valid(
    words: Any, assemblyai_fake: FakeAssemblyAI, run_due: RunDue
) -> None:
    transcript = make_said(assemblyai_fake, run_due, words, text="", confidence=0.0, audio_duration=None)
    head = {"id": str(transcript.pk), "confidence": None, "audio_duration": None}
    assert get(transcript, "sentences/").json() == {**head, "sentences": []}
    assert get(transcript, "paragraphs/").json() == {**head, "paragraphs": []}
    assert get(transcript, "utterances/").json() == {**head, "utterances": []}
    assert (body(get(transcript, "srt/")), body(get(transcript, "vtt/"))) == (b"", b"WEBVTT\n\n")
    assert get(transcript, "word-search/?words=a").json() == {"id": head["id"], "total_count": 0, "matches": []}


@pytest.mark.parametrize("part", PARTS)
def test_until_it_is_completed_there_is_a_conflict(part: str, assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    failed = make_failed(assemblyai_fake, run_due)
    for transcript in (make_transcript(), failed):
        response = get(transcript, part)
        assert (response.status_code, response.json()["type"]) == (409, "/api/problems/conflict/")


@pytest.mark.parametrize("part", PARTS)
def test_what_is_not_ones_own_or_was_deleted_is_not_there(part: str, transcript: Transcript) -> None:
    stranger = api_client("mallory")
    assert stranger.get(f"{TRANSCRIPTS}{transcript.pk}/{part}").status_code == 404
    assert stranger.get(f"{TRANSCRIPTS}{uuid4()}/{part}").status_code == 404
    transcript_delete(transcript=transcript)
    assert get(transcript, part).status_code == 404


@pytest.mark.parametrize("part", PARTS)
def test_an_unknown_parameter_is_refused(part: str, transcript: Transcript) -> None:
    response = get(transcript, f"{part}{'&' if '?' in part else '?'}surprise=1")
    assert (response.status_code, fields_at_fault(response)) == (400, {"surprise": "unknown"})


@pytest.mark.parametrize("read", [stored_words, stored_utterances, read_document])
def test_what_is_erased_while_it_is_read_is_not_there(read: Callable[[UUID], Any], transcript: Transcript) -> None:
    seen = Transcript.objects.select_related("result").get(pk=transcript.pk)
    TranscriptResult.objects.filter(pk=transcript.pk).delete()
    pieces = (json.dumps(str(piece)).encode() for piece in read(seen.pk))
    with pytest.raises(TranscriptResult.DoesNotExist):
        made_answer(Request(HttpRequest()), seen, pieces, content_type="application/json")


@pytest.fixture
def long_one(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> Transcript:
    words = [word._asdict() for word in said("One two three. " * (FEW_WORDS // 3 + 1))]
    utterance = {"text": "x", "start": 0, "end": 1, "confidence": 0.5, "speaker": "A", "words": words}
    return make_said(assemblyai_fake, run_due, words, utterances=[utterance])


@pytest.mark.parametrize("part", ["sentences/", "paragraphs/", "srt/", "vtt/", "json/", "utterances/"])
def test_a_long_answer_is_sent_from_a_file_whose_length_is_known(long_one: Transcript, part: str) -> None:
    response = get(long_one, part)
    whole = body(response)
    head = api_client().head(f"{TRANSCRIPTS}{long_one.pk}/{part}")
    assert response.streaming
    assert response["Content-Length"] == head["Content-Length"] == str(len(whole))
    if part.endswith(("s/", "json/")):
        assert json.loads(whole)


def test_short_and_long_answers_are_made_alike(long_one: Transcript) -> None:
    sentences = json.loads(body(get(long_one, "sentences/")))["sentences"]
    assert [len(sentence["words"]) for sentence in sentences] == [3] * (FEW_WORDS // 3 + 1)


def test_the_text_is_that_of_the_record(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    transcript = make_completed(assemblyai_fake, run_due, "Grüße.")
    assert get(transcript, "txt/").content.decode() == get(transcript, "").json()["text"] == "Grüße."
