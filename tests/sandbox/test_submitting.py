from collections.abc import Callable
from typing import Any

import pytest

from sandbox.assemblyai.options import FEATURES, HINTS
from tests.sandbox.live import SandboxProcess

URL = "https://example.com/audio.mp3"
# A value of the right type for each option that is not honoured.
VALUES: dict[str, Any] = {
    "keyterms_prompt": ["word"],
    "keyterms_prompt_options": {"keyterms_match_strength": "high"},
    "word_boost": ["word"],
    "boost_param": "high",
    "prompt": "A call.",
    "temperature": 0.5,
    "domain": "medical-v1",
    "remove_audio_tags": "all",
    "speakers_expected": 2,
    "speaker_options": {"min_speakers_expected": 1},
    "language_detection_options": {"expected_languages": ["en"]},
    "language_confidence_threshold": 0.5,
    "language_codes": ["en"],
    "speech_understanding": {"request": {"translation": {"target_languages": ["de"]}}},
}


@pytest.fixture
def submit(shared_sandbox: SandboxProcess, api_key: str) -> Callable[..., Any]:
    def submit(**options: Any) -> Any:
        body = {"audio_url": shared_sandbox.upload(b"audio", api_key), **options}
        return shared_sandbox.call("POST", "/v2/transcript", json=body, api_key=api_key)

    return submit


@pytest.fixture
def transcribe(submit: Callable[..., Any], shared_sandbox: SandboxProcess, api_key: str) -> Callable[..., Any]:
    def transcribe(**options: Any) -> dict[str, Any]:
        answer = submit(**options)
        assert answer.status_code == 200, answer.text
        return shared_sandbox.finished(answer.json()["id"], api_key)

    return transcribe


def test_the_document_has_the_real_ones_keys_and_nulls(submit: Callable[..., Any]) -> None:
    document = submit().json()
    assert document["status"] == "queued"
    assert document["progress"] == 0
    for name in ("text", "words", "utterances", "confidence", "audio_duration", "webhook_url", "speech_model_used"):
        assert document[name] is None
    assert document["punctuate"] is document["format_text"] is True
    assert document["webhook_auth"] is False
    assert document["metadata"]["warnings"] == []
    assert "error" not in document


def test_a_finished_document_is_whole(transcribe: Callable[..., Any]) -> None:
    document = transcribe(speech_models=["universal-3-5-pro", "universal-2"])
    assert document["progress"] == 100
    assert isinstance(document["audio_duration"], int)
    assert document["speech_model_used"] == "universal-3-5-pro"
    assert document["language_code"] == "en_us"
    assert document["text"].endswith(".")
    assert {type(document["words"][0][name]) for name in ("start", "end")} == {int}


def test_urls_are_echoed_exactly(submit: Callable[..., Any], shared_sandbox: SandboxProcess, api_key: str) -> None:
    urls = {"audio_url": "https://example.com/a%20b.mp3?x=1&y=%2F", "webhook_url": "https://example.com/hook?a=%20"}
    made = submit(**urls).json()
    read = shared_sandbox.get(made["id"], api_key)
    [item] = shared_sandbox.call("GET", "/v2/transcript", api_key=api_key).json()["transcripts"]
    assert made["audio_url"] == read["audio_url"] == item["audio_url"] == urls["audio_url"]
    assert made["webhook_url"] == read["webhook_url"] == urls["webhook_url"]


def test_the_webhook_secret_is_not_echoed(submit: Callable[..., Any]) -> None:
    document = submit(webhook_url=URL, webhook_auth_header_name="X-Secret", webhook_auth_header_value="open").json()
    assert document["webhook_auth"] is True
    assert document["webhook_auth_header_name"] == "X-Secret"
    assert "open" not in document.values()


@pytest.mark.parametrize("name", sorted(HINTS))
def test_a_hint_is_accepted_and_named_in_the_warnings(name: str, transcribe: Callable[..., Any]) -> None:
    document = transcribe(**{name: VALUES.get(name, True)})
    assert document["status"] == "completed"
    [warning] = document["metadata"]["warnings"]
    assert warning["message"].startswith(f"{name}:")


@pytest.mark.parametrize("name", sorted(FEATURES))
def test_a_feature_that_is_not_there_fails_the_job(name: str, transcribe: Callable[..., Any]) -> None:
    document = transcribe(**{name: VALUES.get(name, True)})
    assert document["status"] == "error"
    assert name in document["error"]
    assert document["text"] is None


def test_a_feature_that_is_switched_off_does_not_matter(transcribe: Callable[..., Any]) -> None:
    assert transcribe(speaker_labels=False, redact_pii=False)["status"] == "completed"


def test_language_detection_answers_english(transcribe: Callable[..., Any]) -> None:
    document = transcribe(language_detection=True)
    assert document["language_code"] == "en"
    assert document["language_confidence"] == 1.0


@pytest.mark.parametrize("option", ["multichannel", "dual_channel"])
def test_channels_are_transcribed_apart(option: str, transcribe: Callable[..., Any]) -> None:
    document = transcribe(**{option: True})
    assert document["audio_channels"] == 2
    assert {turn["channel"] for turn in document["utterances"]} == {"1", "2"}
    assert all(word["speaker"] == word["channel"] for word in document["words"])


def test_text_can_be_left_as_it_was_heard(transcribe: Callable[..., Any]) -> None:
    text = transcribe(punctuate=False, format_text=False)["text"]
    assert text == text.lower()
    assert "." not in text


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"audio_url": None}, "audio_url"),
        ({"audio_url": "file:///etc/passwd"}, "audio_url"),
        ({"audio_url": "https://["}, "audio_url"),
        ({"audio_url": 7}, "audio_url"),
        ({"webhook_url": "ftp://example.com"}, "webhook_url"),
        ({"no_such_option": True}, "no_such_option"),
        ({"webhook_url": URL, "webhook_auth_header_name": "X Y", "webhook_auth_header_value": "x"}, "header_name"),
        (
            {"webhook_url": URL, "webhook_auth_header_name": "X", "webhook_auth_header_value": "x\r\nY: z"},
            "header_value",
        ),
        ({"prompt": "\ud800"}, "surrogate"),
        ({"custom_spelling": [{"\ud800": 1}]}, "surrogate"),
        ({"custom_spelling": [{"from": "sequel", "to": "SQL"}]}, "custom_spelling"),
        ({"custom_spelling": [{"from": ["sequel"]}]}, "custom_spelling"),
        ({"custom_spelling": [{"from": ["sequel"], "to": "SQL", "by": "me"}]}, "custom_spelling"),
        ({"custom_spelling": {"SQL": ["sequel"]}}, "custom_spelling"),
        ({"\ud800": 1}, "surrogate"),
        ({"punctuate": "yes"}, "punctuate"),
        ({"speakers_expected": 0}, "speakers_expected"),
        ({"speakers_expected": True}, "speakers_expected"),
        ({"speech_models": []}, "speech_models"),
        ({"speech_models": "universal"}, "speech_models"),
        ({"keyterms_prompt": [1]}, "keyterms_prompt"),
        ({"audio_start_from": -1}, "audio_start_from"),
        ({"audio_start_from": 2000, "audio_end_at": 1000}, "audio_end_at"),
        ({"speech_threshold": 1.5}, "speech_threshold"),
        ({"language_code": "de"}, "en_us"),
        ({"language_code": "en", "language_detection": True}, "language_detection"),
        ({"multichannel": True, "dual_channel": True}, "dual_channel"),
        ({"webhook_auth_header_name": "X-Secret", "webhook_auth_header_value": "x"}, "webhook_url"),
        ({"webhook_url": URL, "webhook_auth_header_name": "X-Secret"}, "webhook_auth_header_value"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(options: Any, named: str, submit: Callable[..., Any]) -> None:
    answer = submit(**options)
    assert answer.status_code == 400
    assert named in answer.json()["error"]


@pytest.mark.parametrize("body", ["", "[]", "not json", '{"audio_url":', "[" * 100_000, "9" * 10_000])
def test_a_body_that_is_no_object_is_refused(body: str, shared_sandbox: SandboxProcess) -> None:
    answer = shared_sandbox.call("POST", "/v2/transcript", data=body)
    assert answer.status_code == 400
    assert "Invalid endpoint schema" in answer.json()["error"]


def test_a_huge_body_is_refused(shared_sandbox: SandboxProcess) -> None:
    assert shared_sandbox.call("POST", "/v2/transcript", data=b" " * 2_000_000).status_code == 413


@pytest.mark.parametrize("key", ["", "wrong", "Bearer sandbox", "sandboxx"])
def test_a_wrong_key_is_refused(key: str, shared_sandbox: SandboxProcess) -> None:
    answer = shared_sandbox.call("GET", "/v2/transcript", api_key=key)
    assert answer.status_code == 401
    assert answer.json() == {"error": "Authentication error, API token missing/invalid"}


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v3", 404), ("PUT", "/v2/transcript", 405)])
def test_unknown_paths_and_methods_answer_in_json(
    method: str, path: str, status: int, shared_sandbox: SandboxProcess
) -> None:
    answer = shared_sandbox.call(method, path)
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]
