"""Names of options: those that are known, out of use, the operator's, and never to be passed on."""

from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.exceptions import ErrorDetail

from tests.transcripts.options.faults import faults_of
from transcripts.options import MOST_UNKNOWN, OptionsSerializer


def error_of(options: dict[str, Any]) -> ErrorDetail:
    serializer = OptionsSerializer(data=options)
    assert not serializer.is_valid()
    (error,) = serializer.errors.values()
    detail: ErrorDetail = error[0]
    return detail


def test_unknown_names_are_told_up_to_a_number() -> None:
    assert len(faults_of({f"x{n}": 1 for n in range(2_000)})) == MOST_UNKNOWN


@pytest.mark.parametrize(
    ("name", "successor"),
    [
        ("word_boost", "keyterms_prompt"),
        ("boost_param", "keyterms_prompt_options"),
        ("speech_model", "speech_models"),
        ("dual_channel", "multichannel"),
        ("auto_chapters", "speech_understanding.request.summarization"),
        ("summarization", "speech_understanding.request.summarization"),
        ("summary_model", "speech_understanding.request.summarization"),
        ("summary_type", "speech_understanding.request.summarization.summary_type"),
    ],
)
def test_a_deprecated_option_is_refused_with_its_successors_name(name: str, successor: str) -> None:
    error = error_of({name: True})
    assert error.code == "deprecated"
    assert f"`{successor}`" in error


@pytest.mark.parametrize(
    "options",
    [
        {"speaker_labels": True, "speaker_options": {"nonsense": 1}},
        {"language_detection": True, "language_detection_options": {"nonsense": 1}},
        {"keyterms_prompt": ["Ada"], "keyterms_prompt_options": {"nonsense": 1}},
        {"redact_pii_audio_options": {"nonsense": 1}},
        {"speech_understanding": {"nonsense": {}}},
        {"speech_understanding": {"request": {"nonsense": {}}}},
        {"speech_understanding": {"request": {"translation": {"target_languages": ["de"], "nonsense": 1}}}},
        {"speech_understanding": {"request": {"speaker_identification": {"speaker_type": "name", "nonsense": 1}}}},
        {"speech_understanding": {"request": {"custom_formatting": {"nonsense": 1}}}},
        {"speech_understanding": {"request": {"summarization": {"summary_type": "bullets", "nonsense": 1}}}},
        {"custom_spelling": [{"from": ["a"], "to": "b", "nonsense": 1}]},
    ],
)
def test_an_unknown_name_inside_an_option_is_refused(options: dict[str, Any]) -> None:
    assert ("nonsense", "unknown") in {(field.rpartition(".")[2], code) for field, code in faults_of(options).items()}


NEVER = [
    "webhook_url",
    "webhook_auth_header_name",
    "webhook_auth_header_value",
    "audio_url",
    "raw_transcription_config",
]


@pytest.mark.parametrize("name", [*NEVER, "language_detection_results", "webhook_anything"])
def test_what_could_turn_our_webhook_away_is_no_option(name: str) -> None:
    assert faults_of({name: "https://example.com/"}) == {name: "unknown"}


@pytest.mark.parametrize(
    ("name", "reason"), [("webhook_url", "the service's own"), ("audio_url", "beside"), ("title", "beside")]
)
def test_what_is_no_option_is_refused_with_the_reason(name: str, reason: str) -> None:
    assert reason in error_of({name: "https://example.com/"})


def test_all_that_is_wrong_is_told_at_once() -> None:
    speakers = {"odd": 1, "min_speakers_expected": 0}
    options = {"word_boost": [], "nonsense": 1, "punctuate": 1, "speaker_options": speakers}
    assert faults_of(options) == {
        "word_boost": "deprecated",
        "nonsense": "unknown",
        "punctuate": "invalid",
        "speaker_options.odd": "unknown",
        "speaker_options.min_speakers_expected": "min_value",
    }


@pytest.mark.parametrize("value", [None, True, 0, "text", [1, {"a": None}], {"INTERNAL": ["Bearclaw"]}])
def test_the_operators_option_takes_any_json(value: Any, settings: Settings) -> None:
    settings.ASSEMBLYAI_EXTRA_OPTIONS = ["redact_static_entities"]
    assert faults_of({"redact_static_entities": value}) == {}


def test_the_operators_options_may_be_nested(settings: Settings) -> None:
    settings.ASSEMBLYAI_EXTRA_OPTIONS = ["speaker_options.new", "speech_understanding.request.action_items"]
    assert faults_of({"speaker_labels": True, "speaker_options": {"new": {"a": 1}}}) == {}
    assert faults_of({"speech_understanding": {"request": {"action_items": {}}}}) == {}
    assert faults_of({"new": 1}) == {"new": "unknown"}


def test_the_operator_may_bring_a_deprecated_option_back_and_changes_no_known_one(settings: Settings) -> None:
    settings.ASSEMBLYAI_EXTRA_OPTIONS = ["word_boost", "punctuate"]
    assert faults_of({"word_boost": ["Ada"]}) == {}
    assert faults_of({"punctuate": "yes"}) == {"punctuate": "invalid"}
