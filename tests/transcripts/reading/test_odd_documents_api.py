"""Whatever the provider wrote, every operation gives a valid answer."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.assemblyai_fake import FakeAssemblyAI
from tests.transcripts.reading.spoken import make_said, said
from tests.transcripts.reading.test_reading_api import PARTS, body, get
from transcripts.models import WordPage

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]

RUBBISH: list[Any] = [
    None,
    5,
    "words",
    {"a": 1},
    [None, 3, "x", [], {}],
    [{"text": None}, {"text": 5}, {"text": ["a"]}, {"text": "Only text."}],
    [{"text": "A.", "start": "1", "end": None, "confidence": "high", "speaker": 3, "channel": {"a": 1}}],
    [{"text": "A.", "start": -5, "end": 10**30, "confidence": 10**400, "speaker": True, "channel": 1.5}],
    [{"text": "A.", "start": 2.7, "end": 1e300, "confidence": float("nan"), "speaker": "", "channel": ""}],
    [{"text": "late.", "start": 9_000, "end": 100}, {"text": "early.", "start": 0, "end": 10}],
    [{"text": "A\u0000B\ud800 \n\n--> <b>", "start": 0, "end": 10, "speaker": "\udfff\u0000"}],
]


@pytest.mark.parametrize("words", RUBBISH, ids=range(len(RUBBISH)))
@pytest.mark.parametrize("stored_as_it_came", [False, True])
def test_whatever_the_provider_wrote_can_be_read(
    words: Any, stored_as_it_came: bool, assemblyai_fake: FakeAssemblyAI, run_due: RunDue
) -> None:
    utterances = [{"words": words, "text": "x", "start": {}, "end": []}, *(words if isinstance(words, list) else [])]
    transcript = make_said(assemblyai_fake, run_due, words, text="A.", utterances=utterances)
    if stored_as_it_came and (kept := _storable(words)) is not None:
        WordPage.objects.filter(result=transcript.pk).delete()
        WordPage.objects.create(result_id=transcript.pk, number=0, words=kept)
    for part in PARTS:
        response = get(transcript, part)
        assert response.status_code == 200, part
        assert body(response).decode() or part in ("srt/", "word-search/"), part


def _storable(words: Any) -> Any:
    """Return what any database takes as JSON, or None."""
    try:
        text = json.dumps(words, allow_nan=False, ensure_ascii=False).encode(errors="strict").decode()
    except ValueError:
        return None
    return None if "\\u0000" in text else words


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), 10**400])
def test_utterances_are_read_from_what_only_python_takes_for_json(
    odd: Any, assemblyai_fake: FakeAssemblyAI, run_due: RunDue
) -> None:
    utterances = [{"text": "One."}, {"text": "Two.", "confidence": odd}, {"text": "Three."}]
    transcript = make_said(assemblyai_fake, run_due, said("Hello."), utterances=utterances)
    found = get(transcript, "utterances/").json()["utterances"]
    assert [utterance["text"] for utterance in found] == ["One.", "Two.", "Three."]
