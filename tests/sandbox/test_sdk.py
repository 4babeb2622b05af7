"""The official SDK, unchanged, against the sandbox: all that it can ask of the pre-recorded API."""

import assemblyai as aai
import pytest
from assemblyai.prerecorded.v2 import api

from tests.sandbox.live import AUDIO, Receiver, SandboxProcess, sdk

CLIP = str(AUDIO / "meeting.flac")


@pytest.fixture
def transcript(client: aai.Client) -> aai.Transcript:
    return aai.Transcriber(client=client).transcribe(CLIP)


def test_it_uploads_and_transcribes_a_file(transcript: aai.Transcript) -> None:
    assert transcript.status == aai.TranscriptStatus.completed
    assert transcript.text
    assert transcript.words is not None
    assert len(transcript.text.split()) == len(transcript.words)


def test_it_submits_without_waiting(client: aai.Client) -> None:
    url = aai.api.upload_file(client.http_client, b"some audio")
    submitted = aai.Transcriber(client=client).submit(url)
    assert submitted.status == aai.TranscriptStatus.queued
    assert submitted.wait_for_completion().status == aai.TranscriptStatus.completed


def test_a_streamed_upload_without_a_length_is_accepted(client: aai.Client) -> None:
    answer = client.http_client.post("/v2/upload", content=iter([b"some", b"audio"]))
    assert answer.json()["upload_url"].startswith(str(client.http_client.base_url))


def test_it_echoes_what_was_asked_for(client: aai.Client) -> None:
    config = aai.TranscriptionConfig(
        speech_models=["universal-3-5-pro", "universal-2"],
        language_code="en_uk",
        punctuate=False,
        format_text=False,
        multichannel=True,
        audio_start_from=100,
        audio_end_at=2000,
        keyterms_prompt=["platform"],
    )
    transcript = aai.Transcriber(client=client).transcribe(CLIP, config)
    echoed = transcript.config.raw.model_dump(exclude_none=True)
    assert {name: echoed[name] for name in config.raw.model_dump(exclude_none=True)} == config.raw.model_dump(
        exclude_none=True
    )
    assert transcript.speech_model_used == "universal-3-5-pro"


def test_it_lists_from_new_to_old_and_pages(client: aai.Client) -> None:
    ids = [aai.Transcriber(client=client).transcribe(CLIP).id for _ in range(5)]
    parameters = aai.ListTranscriptParameters(limit=2)
    seen = []
    while True:
        page = aai.Transcriber(client=client).list_transcripts(parameters)
        seen += [item.id for item in page.transcripts]
        if page.page_details.before_id_of_prev_url is None:
            break
        parameters.before_id = page.page_details.before_id_of_prev_url
    assert seen == ids[::-1]


def test_it_finds_sentences_paragraphs_and_words(transcript: aai.Transcript) -> None:
    words = transcript.words or []
    assert " ".join(sentence.text for sentence in transcript.get_sentences()) == transcript.text
    assert " ".join(paragraph.text for paragraph in transcript.get_paragraphs()) == transcript.text
    found = transcript.word_search([words[0].text, "antidisestablishmentarianism"])
    assert found[0].timestamps[0] == (words[0].start, words[0].end)
    assert [match.text for match in found] == [words[0].text]


def test_it_exports_subtitles(transcript: aai.Transcript) -> None:
    assert transcript.export_subtitles_srt().startswith("1\n00:00:00,000 --> ")
    lines = transcript.export_subtitles_vtt(chars_per_caption=32).splitlines()
    assert lines[0] == "WEBVTT"
    assert max(map(len, lines)) <= 32


def test_it_deletes(client: aai.Client, transcript: aai.Transcript) -> None:
    assert transcript.id
    deleted = api.delete_transcript(client.http_client, transcript.id)
    assert deleted.text == "Deleted by user."
    assert deleted.words is None
    assert api.get_transcript(client.http_client, transcript.id).audio_url == "http://deleted_by_user"


def test_redacted_audio_is_not_available(client: aai.Client, transcript: aai.Transcript) -> None:
    assert transcript.id
    with pytest.raises(aai.types.RedactedAudioExpiredError):
        api.get_redacted_audio(client.http_client, transcript.id)


def test_a_webhook_carries_its_header(client: aai.Client, receiver: Receiver) -> None:
    config = aai.TranscriptionConfig().set_webhook(f"{receiver.url}/hook", "X-Secret", "open sesame")
    transcript = aai.Transcriber(client=client).transcribe(CLIP, config)
    received = receiver.next()
    assert received.path == "/hook"
    assert received.headers["X-Secret"] == "open sesame"
    assert received.json == {"transcript_id": transcript.id, "status": "completed"}


def test_a_wrong_key_is_refused(shared_sandbox: SandboxProcess) -> None:
    with (
        sdk(shared_sandbox, "wrong") as stranger,
        pytest.raises(aai.TranscriptError, match="Authentication error") as caught,
    ):
        api.get_transcript(stranger.http_client, "any")
    assert caught.value.status_code == 401


def test_another_accounts_transcript_is_unknown(shared_sandbox: SandboxProcess, transcript: aai.Transcript) -> None:
    assert transcript.id
    with sdk(shared_sandbox) as stranger, pytest.raises(aai.TranscriptError, match="not found") as caught:
        api.get_transcript(stranger.http_client, transcript.id)
    assert caught.value.status_code == 400
