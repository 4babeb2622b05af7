"""What is read of a completed transcript is settled, so whoever has it is not sent it again."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api import TRANSCRIPTS, api_client
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import make_transcript
from tests.transcripts.ending import make_completed

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]
READINGS = (
    *("txt/", "words/", "sentences/", "paragraphs/", "utterances/", "srt/", "vtt/", "json/"),
    "word-search/?words=hello",
)


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
