"""The transcript document, with every key the real one has."""

from __future__ import annotations

from typing import Any

from sandbox.assemblyai import options
from sandbox.assemblyai.store import DELETED_TEXT, DELETED_URL, Transcript

# What stands there when it was not asked for.
ECHOED: dict[str, Any] = {
    "audio_start_from": None,
    "audio_end_at": None,
    "punctuate": True,
    "format_text": True,
    "dual_channel": None,
    "multichannel": None,
    "webhook_url": None,
    "webhook_auth_header_name": None,
    "language_code": "en_us",
    "language_codes": None,
    "language_detection": False,
    "language_detection_options": None,
    "language_confidence_threshold": None,
    "speech_threshold": None,
    "speech_model": None,
    "speech_models": None,
    "keyterms_prompt": None,
    "keyterms_prompt_options": None,
    "word_boost": [],
    "boost_param": None,
    "prompt": None,
    "temperature": None,
    "custom_spelling": None,
    "disfluencies": False,
    "domain": None,
    "remove_audio_tags": None,
    "speaker_labels": False,
    "speakers_expected": None,
    "speaker_options": None,
    "filter_profanity": False,
    "redact_pii": False,
    "redact_pii_audio": False,
    "redact_pii_audio_quality": None,
    "redact_pii_audio_options": None,
    "redact_pii_policies": None,
    "redact_pii_sub": None,
    "redact_pii_return_unredacted": None,
    "content_safety": False,
    "content_safety_confidence": None,
    "iab_categories": False,
    "sentiment_analysis": False,
    "auto_chapters": False,
    "entity_detection": False,
    "summarization": False,
    "summary_model": None,
    "summary_type": None,
    "auto_highlights": False,
    "speech_understanding": None,
}
# Results of features that the sandbox has not, and fields that AssemblyAI keeps for old clients.
ALWAYS_NULL = (
    "auto_highlights_result",
    "content_safety_labels",
    "iab_categories_result",
    "chapters",
    "sentiment_analysis_results",
    "entities",
    "summary",
    "language_detection_results",
    "translated_texts",
    "unredacted_text",
    "unredacted_words",
    "unredacted_utterances",
    "custom_topics",
    "topics",
    "speed_boost",
)
RESULT_KEYS = ("text", "words", "utterances", "confidence", "audio_duration", "audio_channels")


def build_document(transcript: Transcript, result: dict[str, Any] | None, *, progress: int) -> dict[str, Any]:
    """Return what GET answers. `progress` (percent) is the one key that the real one has not."""
    request = transcript.request
    document: dict[str, Any] = {
        "id": transcript.id,
        "status": transcript.status,
        "audio_url": request["audio_url"],
        **dict.fromkeys(RESULT_KEYS),
        **dict.fromkeys(ALWAYS_NULL),
        **{name: request.get(name, default) for name, default in ECHOED.items()},
        **{name: request[name] for name in options.extras(request)},
        "language_confidence": None,
        "speech_model_used": None,
        "webhook_status_code": transcript.webhook_status_code,
        # The header's value is a secret and is not echoed.
        "webhook_auth": "webhook_auth_header_name" in request,
        "throttled": False,
        "is_deleted": transcript.erased,
        "metadata": {"domain_used": None, "warning": None, "warnings": options.warnings(request)},
        "progress": progress,
    }
    if request.get("language_detection"):
        document |= {"language_code": "en", "language_confidence": 1.0 if result else None}
    if result is not None:
        document |= {name: result[name] for name in RESULT_KEYS}
        document["speech_model_used"] = options.speech_model(request)
    if transcript.status == "error":
        document["error"] = transcript.error
    return document | (_blanks(document) if transcript.erased else {})


def _blanks(document: dict[str, Any]) -> dict[str, Any]:
    kept = ("id", "status", "throttled", "is_deleted")
    blank = {name: None for name in document if name not in kept}
    return blank | {"audio_url": DELETED_URL, "webhook_url": DELETED_URL, "text": DELETED_TEXT, "progress": 100}


def build_item(transcript: Transcript, base_url: str) -> dict[str, Any]:
    """Return a transcript as the list shows it."""
    return {
        "id": transcript.id,
        "resource_url": f"{base_url}/v2/transcript/{transcript.id}",
        "status": transcript.status,
        "created": transcript.created,
        "completed": transcript.completed,
        "audio_url": transcript.request["audio_url"],
        "error": transcript.error,
    }
