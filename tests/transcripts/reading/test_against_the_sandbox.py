"""What we make of a document beside what AssemblyAI's own operations make of it, as the sandbox speaks them.

A real sandbox recognises the clips; its document is brought home through our own way of applying, and every operation
is asked on both sides.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.api import TRANSCRIPTS, api_client
from tests.assemblyai_fake import FakeAssemblyAI
from tests.sandbox.live import AUDIO, SandboxProcess
from tests.transcripts.ending import make_processing
from transcripts.applying import store_answer
from transcripts.assemblyai_document import ProviderTranscript
from transcripts.models import Transcript

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]
CLIPS: dict[str, dict[str, Any]] = {
    "meeting.flac": {},
    "questions.mp3": {},
    "two-sides.wav": {"multichannel": True},
}


class Theirs:
    """The sandbox, and the finished job of each clip."""

    def __init__(self, sandbox: SandboxProcess) -> None:
        self._sandbox = sandbox
        self._ids: dict[str, str] = {}

    def id_of(self, clip: str, **options: Any) -> str:
        key = f"{clip} {options}"
        if key not in self._ids:
            url = self._sandbox.upload((AUDIO / clip).read_bytes())
            self._ids[key] = self._sandbox.finished(self._sandbox.submit(url, **CLIPS[clip], **options)["id"])["id"]
        return self._ids[key]

    def document(self, job: str) -> bytes:
        return self._sandbox.call("GET", f"/v2/transcript/{job}").content

    def get(self, job: str, part: str) -> Any:
        answer = self._sandbox.call("GET", f"/v2/transcript/{job}/{part}")
        assert answer.status_code == 200, answer.text
        return answer.json() if part.split("?")[0] not in ("srt", "vtt") else answer.text


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theirs]:
    sandbox = SandboxProcess(tmp_path_factory.mktemp("reading") / "data", ENGINE="pocketsphinx", PROCESSES=1)
    yield Theirs(sandbox.start())
    sandbox.stop()


@pytest.fixture
def bring_home(assemblyai_fake: FakeAssemblyAI, run_due: RunDue, theirs: Theirs) -> Callable[[str], Transcript]:
    def bring_home(job: str) -> Transcript:
        transcript = make_processing(run_due)
        assert store_answer(transcript, ProviderTranscript(theirs.document(job)))
        return transcript

    return bring_home


def ours(transcript: Transcript, part: str) -> Any:
    path, _, query = part.partition("?")
    answer = api_client().get(f"{TRANSCRIPTS}{transcript.pk}/{path}/", QUERY_STRING=query)
    return answer.content.decode() if path in ("srt", "vtt") else answer.json()


def as_ours(value: Any, transcript: Transcript) -> Any:
    """Return what the sandbox answered with the two rightful differences: the id is ours, a channel is always told."""
    if isinstance(value, list):
        return [as_ours(item, transcript) for item in value]
    if not isinstance(value, dict):
        return value
    value = {name: as_ours(item, transcript) for name, item in value.items()}
    if "id" in value:
        value["id"] = str(transcript.pk)
    return value | ({"channel": value.get("channel")} if "speaker" in value else {})


@pytest.mark.parametrize("part", ["sentences", "paragraphs", "word-search?words=the,can you,nobody"])
@pytest.mark.parametrize("clip", CLIPS)
def test_what_was_said_is_cut_alike(
    clip: str, part: str, theirs: Theirs, bring_home: Callable[[str], Transcript]
) -> None:
    job = theirs.id_of(clip)
    transcript = bring_home(job)
    assert ours(transcript, part) == as_ours(theirs.get(job, part), transcript)


@pytest.mark.parametrize("part", ["srt", "vtt", "srt?chars_per_caption=20", "vtt?chars_per_caption=1"])
@pytest.mark.parametrize("clip", CLIPS)
def test_captions_are_the_same_to_the_byte(
    clip: str, part: str, theirs: Theirs, bring_home: Callable[[str], Transcript]
) -> None:
    job = theirs.id_of(clip)
    assert ours(bring_home(job), part) == theirs.get(job, part)


@pytest.mark.parametrize("clip", CLIPS)
def test_the_document_is_theirs_and_so_are_its_utterances(
    clip: str, theirs: Theirs, bring_home: Callable[[str], Transcript]
) -> None:
    job = theirs.id_of(clip)
    transcript = bring_home(job)
    document = ours(transcript, "json")
    assert document["id"] == job
    assert ours(transcript, "utterances")["utterances"] == as_ours(document["utterances"] or [], transcript)


def test_without_marks_the_pauses_part_sentences_on_both_sides(
    theirs: Theirs, bring_home: Callable[[str], Transcript]
) -> None:
    job = theirs.id_of("questions.mp3", punctuate=False)
    transcript = bring_home(job)
    found = [sentence["text"] for sentence in ours(transcript, "sentences")["sentences"]]
    assert found == [sentence["text"] for sentence in theirs.get(job, "sentences")["sentences"]]
