"""Values of options: each is taken as it is, or refused by its name."""

from typing import Any

import pytest

from tests.transcripts.options.faults import faults_of, with_companions
from transcripts.options import MAX_OPTIONS_BYTES, OptionsSerializer
from transcripts.options.examples import EXAMPLES, JOBS
from transcripts.options.fields import TextField

FLAGS = sorted(name for name, value in EXAMPLES.items() if isinstance(value, bool))
ROLE = {"speaker_type": "role", "known_values": ["Agent"]}
DETECTION = "language_detection_options"
SPEAKERS = "speaker_options"
UNDERSTANDING = "speech_understanding"


def understanding(**tasks: Any) -> dict[str, Any]:
    return {"request": tasks}


def test_every_option_has_an_example() -> None:
    assert set(EXAMPLES) == set(OptionsSerializer().fields)


@pytest.mark.parametrize("name", EXAMPLES)
def test_its_example_is_taken_as_it_is(name: str) -> None:
    assert faults_of(with_companions(name, EXAMPLES[name])) == {}


@pytest.mark.parametrize("job", JOBS)
def test_the_typical_jobs_are_taken(job: str) -> None:
    assert faults_of(JOBS[job]["options"]) == {}


@pytest.mark.parametrize("name", EXAMPLES)
def test_null_is_no_value(name: str) -> None:
    assert faults_of(with_companions(name, None)) == {name: "null"}


def other_types(name: str) -> list[Any]:
    """Return a value of each type of JSON that is not the option's, and lists of what is no text and no object."""
    values = [True, 7, "1", [], [7], [[]], [None], {}, {"a": 1}]
    return [value for value in values if not isinstance(value, _kind(EXAMPLES[name])) or value in ([7], [[]], [None])]


def _kind(example: Any) -> Any:
    return (int, float) if isinstance(example, int | float) and not isinstance(example, bool) else type(example)


OTHERS = [(name, value) for name in EXAMPLES for value in other_types(name)] + [
    (name, True) for name, example in EXAMPLES.items() if _kind(example) == (int, float)
]


@pytest.mark.parametrize(("name", "value"), OTHERS)
def test_another_type_is_refused_under_its_name(name: str, value: Any) -> None:
    ((field, _code),) = faults_of(with_companions(name, value)).items()
    assert field.split(".")[0] == name


@pytest.mark.parametrize("name", FLAGS)
def test_false_is_a_value_and_needs_nothing(name: str) -> None:
    assert faults_of({name: False}) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("language_code", "xx_new"),
        ("language_codes", ["en"]),
        ("language_confidence_threshold", 0),
        ("language_confidence_threshold", 1),
        ("speakers_expected", 1),
        ("speakers_expected", 100),
        ("keyterms_prompt", []),
        ("keyterms_prompt", ["one two three four five six"]),
        ("prompt", " as it is \n"),
        ("temperature", 0),
        ("temperature", 1.0),
        ("custom_spelling", [{"from": ["a phrase of words"], "to": "one"}]),
        ("redact_pii_policies", ["a_policy_of_tomorrow"]),
        ("content_safety_confidence", 25),
        ("content_safety_confidence", 100),
        ("speech_models", ["a-model-of-tomorrow"]),
        ("domain", "a-domain-of-tomorrow"),
        ("remove_audio_tags", "speaker"),
        ("audio_start_from", 0),
        ("speech_threshold", 0),
        (DETECTION, {}),
        (DETECTION, {"fallback_language": "auto"}),
        (SPEAKERS, {}),
        (SPEAKERS, {"min_speakers_expected": 3, "max_speakers_expected": 3}),
        (UNDERSTANDING, understanding()),
        (UNDERSTANDING, understanding(speaker_identification={"speaker_type": "name"})),
        (
            UNDERSTANDING,
            understanding(
                speaker_identification={"speaker_type": "role", "speakers": [{"role": "Agent", "description": "Asks."}]}
            ),
        ),
    ],
)
def test_what_is_allowed_is_taken_as_it_is(name: str, value: Any) -> None:
    assert faults_of(with_companions(name, value)) == {}


@pytest.mark.parametrize(
    ("name", "value", "at_fault"),
    [
        ("language_code", "x" * 21, {"language_code": "max_length"}),
        ("language_code", "  ", {"language_code": "blank"}),
        ("language_codes", [], {"language_codes": "min_length"}),
        ("language_codes", ["en", ""], {"language_codes.1": "blank"}),
        ("language_confidence_threshold", 1.01, {"language_confidence_threshold": "max_value"}),
        ("language_confidence_threshold", -0.1, {"language_confidence_threshold": "min_value"}),
        (DETECTION, {"expected_languages": "en"}, {f"{DETECTION}.expected_languages": "not_a_list"}),
        (DETECTION, {"code_switching": 1}, {f"{DETECTION}.code_switching": "invalid"}),
        (
            DETECTION,
            {"code_switching_confidence_threshold": 0.5},
            {f"{DETECTION}.code_switching_confidence_threshold": "conflict"},
        ),
        (
            DETECTION,
            {"code_switching": True, "code_switching_confidence_threshold": 2},
            {f"{DETECTION}.code_switching_confidence_threshold": "max_value"},
        ),
        (
            DETECTION,
            {"on_low_language_confidence": "guess"},
            {f"{DETECTION}.on_low_language_confidence": "invalid_choice"},
        ),
        ("speakers_expected", 0, {"speakers_expected": "min_value"}),
        ("speakers_expected", 101, {"speakers_expected": "max_value"}),
        ("speakers_expected", 2.0, {"speakers_expected": "invalid"}),
        (SPEAKERS, {"min_speakers_expected": 0}, {f"{SPEAKERS}.min_speakers_expected": "min_value"}),
        (
            SPEAKERS,
            {"min_speakers_expected": 3, "max_speakers_expected": 2},
            {f"{SPEAKERS}.max_speakers_expected": "conflict"},
        ),
        (
            SPEAKERS,
            {"short_file_diarization_method": "wild"},
            {f"{SPEAKERS}.short_file_diarization_method": "invalid_choice"},
        ),
        ("keyterms_prompt", ["Ada"] * 1001, {"keyterms_prompt": "too_long"}),
        ("keyterms_prompt", ["one two three four five six seven"], {"keyterms_prompt.0": "not_few_words"}),
        ("keyterms_prompt", ["x" * 201], {"keyterms_prompt.0": "max_length"}),
        (
            "keyterms_prompt_options",
            {"keyterms_match_strength": "utter"},
            {"keyterms_prompt_options.keyterms_match_strength": "invalid_choice"},
        ),
        ("temperature", 1.1, {"temperature": "max_value"}),
        ("prompt", "x" * 20_001, {"prompt": "max_length"}),
        ("custom_spelling", {"SQL": ["sequel"]}, {"custom_spelling": "not_a_list"}),
        ("custom_spelling", [{"from": ["a"]}], {"custom_spelling.0.to": "required"}),
        ("custom_spelling", [{"to": "a"}], {"custom_spelling.0.from": "required"}),
        ("custom_spelling", [{"from": [], "to": "a"}], {"custom_spelling.0.from": "min_length"}),
        ("custom_spelling", [{"from": "a", "to": "b"}], {"custom_spelling.0.from": "not_a_list"}),
        ("custom_spelling", [{"from": ["a"], "to": "two words"}], {"custom_spelling.0.to": "not_one_word"}),
        ("redact_pii_sub", "stars", {"redact_pii_sub": "invalid_choice"}),
        ("redact_pii_audio_quality", "ogg", {"redact_pii_audio_quality": "invalid_choice"}),
        (
            "redact_pii_audio_options",
            {"override_audio_redaction_method": "beep"},
            {"redact_pii_audio_options.override_audio_redaction_method": "invalid_choice"},
        ),
        ("content_safety_confidence", 24, {"content_safety_confidence": "min_value"}),
        ("content_safety_confidence", 101, {"content_safety_confidence": "max_value"}),
        ("speech_models", ["a"] * 11, {"speech_models": "too_long"}),
        ("audio_start_from", -1, {"audio_start_from": "min_value"}),
        ("audio_end_at", 0, {"audio_end_at": "min_value"}),
        ("speech_threshold", 2, {"speech_threshold": "max_value"}),
        (UNDERSTANDING, {}, {f"{UNDERSTANDING}.request": "required"}),
        (
            UNDERSTANDING,
            understanding(translation={}),
            {f"{UNDERSTANDING}.request.translation.target_languages": "required"},
        ),
        (
            UNDERSTANDING,
            understanding(speaker_identification=ROLE | {"known_values": []}),
            {f"{UNDERSTANDING}.request.speaker_identification.known_values": "min_length"},
        ),
        (
            UNDERSTANDING,
            understanding(speaker_identification={"speaker_type": "role"}),
            {f"{UNDERSTANDING}.request.speaker_identification.known_values": "required"},
        ),
        (
            UNDERSTANDING,
            understanding(speaker_identification={"speaker_type": "name", "speakers": ["Ada"]}),
            {f"{UNDERSTANDING}.request.speaker_identification.speakers.0": "invalid"},
        ),
        (
            UNDERSTANDING,
            understanding(summarization={"summary_type": "gist"}),
            {f"{UNDERSTANDING}.request.summarization.summary_type": "invalid_choice"},
        ),
        (
            UNDERSTANDING,
            understanding(summarization={"summary_type": "bullets", "headline_length": 4}),
            {f"{UNDERSTANDING}.request.summarization.headline_length": "min_value"},
        ),
        (
            UNDERSTANDING,
            understanding(custom_formatting={"date": 7}),
            {f"{UNDERSTANDING}.request.custom_formatting.date": "invalid"},
        ),
    ],
)
def test_what_is_not_allowed_is_named(name: str, value: Any, at_fault: dict[str, str]) -> None:
    assert faults_of(with_companions(name, value)) == at_fault


@pytest.mark.parametrize(
    ("options", "at_fault"),
    [
        ({"language_code": "en", "language_detection": True}, "language_detection"),
        ({"speakers_expected": 2}, "speakers_expected"),
        ({"speakers_expected": 2, "speaker_labels": False}, "speakers_expected"),
        ({"speaker_options": {}}, "speaker_options"),
        ({"language_confidence_threshold": 0}, "language_confidence_threshold"),
        ({"language_detection_options": {}}, "language_detection_options"),
        ({"keyterms_prompt_options": {}}, "keyterms_prompt_options"),
        ({"keyterms_prompt_options": {}, "keyterms_prompt": []}, "keyterms_prompt_options"),
        ({"content_safety_confidence": 50}, "content_safety_confidence"),
        ({"redact_pii": True}, "redact_pii_policies"),
        ({"redact_pii_policies": ["person_name"]}, "redact_pii_policies"),
        ({"redact_pii_sub": "hash"}, "redact_pii_sub"),
        ({"redact_pii_audio": True}, "redact_pii_audio"),
        ({"redact_pii_return_unredacted": True}, "redact_pii_return_unredacted"),
        ({"redact_pii_audio_quality": "mp3"}, "redact_pii_audio_quality"),
        ({"redact_pii_audio_options": {}}, "redact_pii_audio_options"),
        ({"audio_start_from": 2000, "audio_end_at": 1000}, "audio_end_at"),
        ({"audio_start_from": 1000, "audio_end_at": 1000}, "audio_end_at"),
    ],
)
def test_what_contradicts_itself_is_named(options: dict[str, Any], at_fault: str) -> None:
    assert list(faults_of(options)) == [at_fault]


def test_several_faults_are_told_at_once() -> None:
    assert list(faults_of({"speakers_expected": 2, "redact_pii": True})) == ["redact_pii_policies", "speakers_expected"]


def test_all_options_together_have_a_limit_in_bytes() -> None:
    options = {"keyterms_prompt": ["ä" * 33 for _ in range(1000)]}
    assert len(str(options)) < MAX_OPTIONS_BYTES
    assert faults_of(options) == {"": "too_large"}


def test_a_list_that_is_too_long_is_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[object] = []
    monkeypatch.setattr(TextField, "to_internal_value", lambda self, data: looked_at.append(data))
    assert faults_of({"keyterms_prompt": [1] * 10_000}) == {"keyterms_prompt": "too_long"}
    assert looked_at == []
