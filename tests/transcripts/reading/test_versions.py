"""What is read of a completed transcript is settled, so whoever has it is not sent it again."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from tests.api import TRANSCRIPTS, api_client
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import make_transcript
from tests.transcripts.ending import make_completed
from tests.transcripts.reading.spoken import interleaved, make_said, said
from transcripts.models import Transcript
from transcripts.reading.rules import RULES

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]
READINGS = (
    *("txt/", "words/", "sentences/", "paragraphs/", "utterances/", "srt/", "vtt/", "json/"),
    "word-search/?words=hello",
)
# The document is the provider's.
OURS = [reading for reading in READINGS if reading != "json/"]
# Two voices on two channels, a title, an abbreviation, a pause, a long sentence and a word longer than a caption.
SPOKEN = interleaved(
    said("Good morning, Dr. J. Smith. It is 9 a.m. now! How are you?", channel="1", speaker="A"),
    said("Hm. " + "and so on " * 30 + "until the end.", start=2100, channel="2", speaker="B"),
    said("Pneumonoultramicroscopicsilicovolcanoconiosis, good morning", start=90_000, channel="1", speaker="A"),
)
UTTERANCE = {"text": "Hm.", "start": 2100, "end": 2500, "confidence": 0.7, "speaker": "B", "words": []}
# By the number of the rules: the hash of all that they make of the above. Only the present one is compared.
MADE = {2: "eb992764b5b0642930fad32e356264397f4d34f0fe3eea1ff5e164e267dc3291"}


@pytest.mark.parametrize("reading", READINGS)
def test_what_a_client_has_is_not_sent_again(reading: str, assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    address = f"{TRANSCRIPTS}{make_completed(assemblyai_fake, run_due).pk}/{reading}"
    client = api_client()
    first = client.get(address)
    second = client.get(address, headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, second.status_code, second.content) == (200, 304, b"")


def test_other_parameters_give_another_version(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    address = f"{TRANSCRIPTS}{make_completed(assemblyai_fake, run_due).pk}/srt/"
    client = api_client()

    assert client.get(address)["ETag"] != client.get(f"{address}?chars_per_caption=20")["ETag"]


@pytest.mark.parametrize("reading", READINGS)
def test_another_title_gives_another_version_of_what_is_saved_under_it(
    reading: str, assemblyai_fake: FakeAssemblyAI, run_due: RunDue
) -> None:
    address = f"{TRANSCRIPTS}{make_completed(assemblyai_fake, run_due).pk}/{reading}"
    before = api_client().get(address)
    Transcript.objects.update(title="Board meeting")

    after = api_client().get(address, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == (200 if "Content-Disposition" in before else 304)
    assert ("Board meeting" in after.get("Content-Disposition", "")) == ("Content-Disposition" in before)


@pytest.mark.parametrize(
    "bad", ["words/?page=0", "srt/?chars_per_caption=x", "vtt/?chars_per_caption=0", "word-search/"]
)
def test_a_wrong_parameter_is_told_whatever_the_client_has(
    bad: str, assemblyai_fake: FakeAssemblyAI, run_due: RunDue
) -> None:
    address = f"{TRANSCRIPTS}{make_completed(assemblyai_fake, run_due).pk}/{bad}"

    assert api_client().get(address, headers={"If-None-Match": "*"}).status_code == 400


def test_what_is_not_completed_has_no_version() -> None:
    address = f"{TRANSCRIPTS}{make_transcript().pk}/txt/"

    assert api_client().get(address, headers={"If-None-Match": "*"}).status_code == 409


def test_other_rules_give_another_version(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"{TRANSCRIPTS}{make_completed(assemblyai_fake, run_due).pk}/srt/"
    before = api_client().get(address)["ETag"]
    monkeypatch.setattr("transcripts.reading.views.RULES", RULES + 1)

    assert api_client().get(address, headers={"If-None-Match": before}).status_code == 200


def test_what_is_made_of_the_same_words_changes_with_the_number_of_the_rules(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue
) -> None:
    transcript = make_said(assemblyai_fake, run_due, SPOKEN, confidence=0.8, utterances=[UTTERANCE])
    made = sha256()
    for reading in (*OURS, "vtt/?chars_per_caption=20", "word-search/?words=dr,good+morning"):
        answer = api_client().get(f"{TRANSCRIPTS}{transcript.pk}/{reading}")
        made.update(answer.getvalue().replace(str(transcript.pk).encode(), b"ID"))

    advice = f"raise RULES in transcripts/reading/rules.py, and give MADE the new number with {made.hexdigest()}"
    assert MADE.get(RULES) == made.hexdigest(), f"What is read has changed: {advice}"
