"""A good value for every option, and whole requests for typical jobs. The API's description shows them."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

UNDERSTANDING: dict[str, Any] = {
    "request": {
        "speaker_identification": {"speaker_type": "role", "known_values": ["Agent", "Customer"]},
        "translation": {"target_languages": ["de"], "formal": True, "match_original_utterance": False},
        "custom_formatting": {"date": "mm/dd/yyyy", "phone_number": "(xxx)xxx-xxxx", "email": "username@domain.com"},
        "summarization": {
            "summary_type": "bullets",
            "headline_length": 8,
            "approximate_chapters": 5,
            "effort": "medium",
        },
    }
}
EXAMPLES: dict[str, Any] = {
    "language_code": "en_us",
    "language_codes": ["en", "es"],
    "language_detection": True,
    "language_detection_options": {
        "expected_languages": ["en", "es"],
        "fallback_language": "en",
        "code_switching": True,
        "code_switching_confidence_threshold": 0.3,
        "on_low_language_confidence": "fallback",
        "swiss_german": False,
        "language_detection_model": "default",
        "localization": ["en_uk"],
    },
    "language_confidence_threshold": 0.6,
    "speaker_labels": True,
    "speakers_expected": 3,
    "speaker_options": {
        "min_speakers_expected": 2,
        "max_speakers_expected": 5,
        "use_two_stage_clustering": True,
        "short_file_diarization_method": "balanced",
        "long_file_diarization_method": "standard",
    },
    "multichannel": True,
    "keyterms_prompt": ["Ada Lovelace", "Analytical Engine"],
    "keyterms_prompt_options": {"keyterms_match_strength": "high"},
    "prompt": "A lecture about the first computers.",
    "temperature": 0.2,
    "custom_spelling": [{"from": ["sequel", "s q l"], "to": "SQL"}],
    "punctuate": True,
    "format_text": True,
    "disfluencies": True,
    "remove_audio_tags": "all",
    "filter_profanity": True,
    "redact_pii": True,
    "redact_pii_policies": ["person_name", "phone_number", "credit_card_number"],
    "redact_pii_sub": "entity_name",
    "redact_pii_audio": True,
    "redact_pii_audio_quality": "mp3",
    "redact_pii_audio_options": {
        "override_audio_redaction_method": "silence",
        "return_redacted_no_speech_audio": False,
    },
    "redact_pii_return_unredacted": False,
    "sentiment_analysis": True,
    "entity_detection": True,
    "auto_highlights": True,
    "iab_categories": True,
    "content_safety": True,
    "content_safety_confidence": 60,
    "speech_understanding": UNDERSTANDING,
    "speech_models": ["universal-3-5-pro", "universal-2"],
    "domain": "medical-v1",
    "audio_start_from": 5000,
    "audio_end_at": 65000,
    "speech_threshold": 0.1,
}
JOBS: dict[str, dict[str, Any]] = {
    "a meeting": {
        "title": "Weekly meeting",
        "options": {
            "language_code": "en_us",
            "speaker_labels": True,
            "speaker_options": {"min_speakers_expected": 3, "max_speakers_expected": 8},
            "keyterms_prompt": ["Ada Lovelace", "Analytical Engine"],
        },
    },
    "without personal data": {
        "options": {
            "redact_pii": True,
            "redact_pii_policies": ["person_name", "phone_number", "email_address", "credit_card_number"],
            "redact_pii_sub": "entity_name",
            "redact_pii_audio": True,
            "redact_pii_audio_quality": "mp3",
        },
    },
    "several languages": {
        "options": {
            "language_detection": True,
            "language_detection_options": {
                "expected_languages": ["en", "es", "pt"],
                "fallback_language": "en",
                "code_switching": True,
            },
        },
    },
    "a call on two channels": {
        "metadata": {"case": 4711},
        "options": {
            "multichannel": True,
            "sentiment_analysis": True,
            "custom_spelling": [{"from": ["sequel", "s q l"], "to": "SQL"}],
        },
    },
}


def request_examples() -> list[OpenApiExample]:
    """Return whole JSON requests for typical jobs."""
    address = "https://example.com/recording.mp3"
    return [
        OpenApiExample(name, value={"audio_url": address, **job}, request_only=True, media_type="application/json")
        for name, job in JOBS.items()
    ]


def add_option_examples(schemas: dict[str, Any]) -> None:
    """Give every option of the API's description its example."""
    for component in ("Options", "OptionsRequest"):
        for name, example in EXAMPLES.items():
            schemas[component]["properties"][name]["example"] = example
