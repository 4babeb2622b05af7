"""Asking for options, and what is said to be wrong with them."""

from typing import Any

from api_project.rest.exception_handler import field_errors
from transcripts.options import OptionsSerializer

# What else has to be asked for with an option.
COMPANIONS: dict[str, dict[str, Any]] = {
    "speakers_expected": {"speaker_labels": True},
    "speaker_options": {"speaker_labels": True},
    "language_detection_options": {"language_detection": True},
    "language_confidence_threshold": {"language_detection": True},
    "keyterms_prompt_options": {"keyterms_prompt": ["Ada"]},
    "content_safety_confidence": {"content_safety": True},
    "redact_pii": {"redact_pii_policies": ["person_name"]},
    "redact_pii_policies": {"redact_pii": True},
    "redact_pii_sub": {"redact_pii": True, "redact_pii_policies": ["person_name"]},
    "redact_pii_audio": {"redact_pii": True, "redact_pii_policies": ["person_name"]},
    "redact_pii_return_unredacted": {"redact_pii": True, "redact_pii_policies": ["person_name"]},
    "redact_pii_audio_quality": {"redact_pii": True, "redact_pii_policies": ["person_name"], "redact_pii_audio": True},
    "redact_pii_audio_options": {"redact_pii": True, "redact_pii_policies": ["person_name"], "redact_pii_audio": True},
}


def with_companions(name: str, value: Any) -> dict[str, Any]:
    """Return options that have the one and what it needs."""
    return COMPANIONS.get(name, {}) | {name: value}


def faults_of(options: Any) -> dict[str, str]:
    """Return field and code of each fault; nothing when the options are kept as they came."""
    serializer = OptionsSerializer(data=options)
    if serializer.is_valid():
        assert serializer.validated_data == options
        return {}
    return {error.field: error.code for error in field_errors(serializer.errors)}
