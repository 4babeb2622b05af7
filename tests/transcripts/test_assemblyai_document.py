import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import make_transcript
from transcripts.applying import apply_callback
from transcripts.assemblyai_document import ListPage, ProviderTranscript
from transcripts.models import Transcript

RunDue = Callable[..., Any]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=10,
)
FIELDS = [
    "status", "text", "words", "error", "confidence", "language_code", "audio_duration", "speech_model_used",
    "metadata", "progress",
]  # fmt: skip


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_whatever_it_holds_it_can_be_read(fields: dict[str, Any]) -> None:
    answer = ProviderTranscript(json.dumps(fields).encode())
    summary = answer.summary()
    assert isinstance(answer.text, str) and isinstance(answer.words, list) and isinstance(answer.error, str)
    assert answer.progress is None or 0 <= answer.progress <= 100
    assert summary["audio_duration"] is None or summary["audio_duration"] >= 0
    assert len(summary["language_code"]) <= 20
    json.dumps(summary, allow_nan=False)
    assert "\\u0000" not in json.dumps(answer.document)


@given(st.lists(st.sampled_from(["\\", "u", "ud83d", "udc00", "\ud83d", "\udc00", "\ud83d\udc00", "a"])).map("".join))
def test_no_half_of_a_character_is_left_and_no_whole_one_is_lost(text: str) -> None:
    read = ProviderTranscript(json.dumps({"text": text}).encode()).text
    # JSON has no way to keep two halves beside each other apart.
    assert read == json.loads(json.dumps(text)).encode(errors="replace").decode()


@given(JSON)
def test_a_list_page_of_anything_can_be_read(content: Any) -> None:
    page = ListPage({"transcripts": content, "page_details": content})
    assert page.ids_for("x") == [] or page.oldest is None or page.before_id is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "field",
    [
        {"speech_model": "brand-new"},
        {"audio_duration": 3.7},
        {"words": [{"text": "no", "start": 1, "end": 2}]},
        {"metadata": {"warnings": ["just words"]}},
        {"language_code": "x" * 300, "speech_model_used": "y" * 300},
        {"confidence": None, "text": "A\u0000B", "words": [{"text": "A\u0000B"}]},
        {"error": None, "text": "A\ud800B", "words": [{"text": "\udfff"}]},
        {"utterances": 3, "audio_duration": 10**30},
        {"confidence": 10**400, "words": [{"text": "A.", "confidence": 10**400}]},
        {"iab_categories_result": 5, "content_safety_labels": []},
    ],
    ids=lambda field: next(iter(field)),
)
def test_a_document_newer_than_the_sdk_is_brought_home(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, field: dict[str, Any]
) -> None:
    make_transcript()
    transcript = run_due("submit")
    assemblyai_fake.complete(transcript.provider_id)
    assemblyai_fake.only_job.update(field)
    assert apply_callback(transcript.id, 1, transcript.provider_id) == ""
    assert Transcript.objects.get().status == "completed"


def test_a_number_too_large_for_a_float_is_not_known() -> None:
    answer = ProviderTranscript(b'{"confidence": 1e999, "audio_duration": -1e999, "words": [{"start": 1e999}]}')
    assert (answer.summary()["confidence"], answer.summary()["audio_duration"]) == (None, None)
    assert answer.words == [{"start": None}]


@pytest.mark.django_db
def test_an_answer_to_a_submission_newer_than_the_sdk_counts(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_transcript()
    upload = httpx.Response(200, json={"upload_url": "https://cdn.assemblyai.com/upload/1"})
    created = httpx.Response(200, json={"id": "job", "status": "brand-new", "audio_url": 5})
    assemblyai_fake.failures.extend([upload, created])
    assert run_due("submit").provider_id == "job"


def test_of_silence_nothing_is_confident() -> None:
    assert ProviderTranscript(b'{"confidence": 0.0, "text": "", "words": []}').summary()["confidence"] is None
    assert ProviderTranscript(b'{"confidence": 0.0, "text": "Hm.", "words": []}').summary()["confidence"] == 0.0
