"""What cannot be read is called by its name, with the reason."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api import TRANSCRIPTS, api_client
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import make_transcript
from tests.transcripts.ending import make_failed
from tests.transcripts.reading.spoken import make_said, said

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]


@pytest.mark.parametrize(
    ("part", "named"), [("txt", "text"), ("words", "words"), ("srt", "captions"), ("json", "document")]
)
def test_what_cannot_be_read_yet_or_ever_is_called_by_its_name(
    part: str, named: str, assemblyai_fake: FakeAssemblyAI, run_due: RunDue
) -> None:
    failed, waiting = make_failed(assemblyai_fake, run_due), make_transcript()
    details = [api_client().get(f"{TRANSCRIPTS}{row.pk}/{part}/").json()["detail"] for row in (waiting, failed)]

    assert [f" its {named} " in details[0], f" no {named};" in details[1]] == [True, True]
    assert "retry/" in details[1]


def test_a_page_of_words_that_there_is_not_is_told_which_is_the_last(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue
) -> None:
    transcript = make_said(assemblyai_fake, run_due, said("Hello there."))
    response = api_client().get(f"{TRANSCRIPTS}{transcript.pk}/words/?page=4")

    assert (response.status_code, response.json()["detail"]) == (404, "There is no such page; the last one is 1.")
