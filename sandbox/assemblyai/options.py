"""What a submission may ask for: honoured, only noted, or failing the job.

The names and types are those of the SDK's TranscriptRequest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import urlsplit

from sandbox.assemblyai.errors import ApiError, invalid_schema

Check = Callable[[Any], bool]

ENGLISH = ("en", "en_au", "en_uk", "en_us")
DEFAULT_MODEL = "universal-2"
MOST_TEXT = 100_000
# https://www.rfc-editor.org/rfc/rfc9110#name-fields
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}")
HEADER_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,4000}[\x21-\x7e])?")


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_positive(value: Any) -> bool:
    return _is_count(value) and value > 0


def _is_fraction(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _is_percent(value: Any) -> bool:
    return _is_count(value) and 25 <= value <= 100


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MOST_TEXT


def _is_header_name(value: Any) -> bool:
    return isinstance(value, str) and HEADER_NAME.fullmatch(value) is not None


def _is_header_value(value: Any) -> bool:
    return isinstance(value, str) and HEADER_VALUE.fullmatch(value) is not None


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_some_texts(value: Any) -> bool:
    return _is_texts(value) and bool(value)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_spelling(value: Any) -> bool:
    return isinstance(value, list) and all(
        _is_object(rule) and set(rule) == {"from", "to"} and _is_texts(rule["from"]) and _is_text(rule["to"])
        for rule in value
    )


def _is_web_address(value: Any) -> bool:
    if not _is_text(value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


FLAG, COUNT, POSITIVE = (_is_flag, "true or false"), (_is_count, "a whole number"), (_is_positive, "a positive number")
FRACTION, PERCENT = (_is_fraction, "between 0 and 1"), (_is_percent, "between 25 and 100")
TEXT, TEXTS, SOME_TEXTS = (_is_text, "a string"), (_is_texts, "a list of strings"), (_is_some_texts, "a non-empty list")
OBJECT = (_is_object, "an object")
WEB_ADDRESS = (_is_web_address, "an http or https URL")

HONOURED: dict[str, tuple[Check, str]] = {
    "audio_url": WEB_ADDRESS,
    "webhook_url": WEB_ADDRESS,
    "webhook_auth_header_name": (_is_header_name, "a header's name"),
    "webhook_auth_header_value": (_is_header_value, "printable ASCII"),
    "language_code": TEXT,
    "punctuate": FLAG,
    "format_text": FLAG,
    "dual_channel": FLAG,
    "multichannel": FLAG,
    "custom_spelling": (_is_spelling, 'a list of {"from": [strings], "to": string}'),
    "audio_start_from": COUNT,
    "audio_end_at": POSITIVE,
    "speech_threshold": FRACTION,
    "speech_model": TEXT,
    "speech_models": SOME_TEXTS,
}
# Accepted and named in `metadata.warnings`: the transcript is there, only not improved by them.
HINTS: dict[str, tuple[Check, str]] = {
    "keyterms_prompt": TEXTS,
    "keyterms_prompt_options": OBJECT,
    "word_boost": TEXTS,
    "boost_param": TEXT,
    "prompt": TEXT,
    "temperature": FRACTION,
    "disfluencies": FLAG,
    "domain": TEXT,
    "remove_audio_tags": TEXT,
    "speakers_expected": POSITIVE,
    "speaker_options": OBJECT,
    "language_detection": FLAG,
    "language_detection_options": OBJECT,
    "language_confidence_threshold": FRACTION,
    "language_codes": TEXTS,
}
# A transcript without them would not be what was asked for, so the job fails.
FEATURES: dict[str, tuple[Check, str]] = {
    "speaker_labels": FLAG,
    "filter_profanity": FLAG,
    "redact_pii": FLAG,
    "redact_pii_audio": FLAG,
    "content_safety": FLAG,
    "iab_categories": FLAG,
    "sentiment_analysis": FLAG,
    "auto_chapters": FLAG,
    "entity_detection": FLAG,
    "summarization": FLAG,
    "auto_highlights": FLAG,
    "speech_understanding": OBJECT,
}
# They only say how one of the features is to be done.
DETAILS: dict[str, tuple[Check, str]] = {
    "redact_pii_audio_quality": TEXT,
    "redact_pii_audio_options": OBJECT,
    "redact_pii_policies": TEXTS,
    "redact_pii_sub": TEXT,
    "redact_pii_return_unredacted": FLAG,
    "content_safety_confidence": PERCENT,
    "summary_model": TEXT,
    "summary_type": TEXT,
}
KNOWN = {**HONOURED, **HINTS, **FEATURES, **DETAILS}


def check_request(body: Any, *, extra: Collection[str] = ()) -> dict[str, Any]:
    """Return the request without its nulls; raise ApiError (400) for what the real one would not take either.

    `extra` are names that are taken with any value, as if they were options.
    """
    if not isinstance(body, dict):
        raise invalid_schema("The body must be a JSON object.")
    request = {name: value for name, value in body.items() if value is not None}
    for name, value in request.items():
        if name not in KNOWN and name in extra:
            continue
        if name not in KNOWN:
            raise invalid_schema(f"{name} is not known.")
        check, wanted = KNOWN[name]
        if not check(value):
            raise invalid_schema(f"{name} must be {wanted}.")
    _check_together(request)
    return request


def _check_together(request: dict[str, Any]) -> None:
    if "audio_url" not in request:
        raise invalid_schema("audio_url is required.")
    if request.get("language_code", "en") not in ENGLISH:
        # https://www.assemblyai.com/docs/guides/common_errors_and_solutions
        raise ApiError(
            400,
            f"The language code {request['language_code']!r} is not supported. Supported: {', '.join(ENGLISH)}.",
        )
    if request.get("language_code") and request.get("language_detection"):
        raise ApiError(400, "language_code and language_detection cannot be used together.")
    if request.get("multichannel") and request.get("dual_channel"):
        raise ApiError(400, "multichannel and dual_channel cannot be used together.")
    if request.get("audio_end_at", MOST_MS) <= request.get("audio_start_from", 0):
        raise ApiError(400, "audio_end_at must be greater than audio_start_from.")
    if "webhook_url" not in request and "webhook_auth_header_name" in request:
        raise ApiError(400, "webhook_auth_header_name needs a webhook_url.")
    if ("webhook_auth_header_name" in request) != ("webhook_auth_header_value" in request):
        raise ApiError(400, "webhook_auth_header_name and webhook_auth_header_value go together.")


MOST_MS = 1 << 53


def unsupported(request: dict[str, Any]) -> str:
    """Return the error of a job that asks for what cannot be done here, or an empty string."""
    asked = [name for name in FEATURES if request.get(name)]
    if not asked:
        return ""
    return f"The sandbox's speech recognition does not support: {', '.join(asked)}."


def warnings(request: dict[str, Any]) -> list[dict[str, str]]:
    """Return `metadata.warnings`: each hint that was accepted without effect."""
    return [{"message": _warning(name)} for name in [*HINTS, *extras(request)] if request.get(name)]


def extras(request: dict[str, Any]) -> list[str]:
    """Return the names that only the settings know."""
    return sorted(set(request) - set(KNOWN))


def _warning(name: str) -> str:
    if name == "language_detection":
        return "language_detection: the sandbox knows English only; the language was taken to be en."
    return f"{name}: accepted, but without effect in the sandbox."


def speech_model(request: dict[str, Any]) -> str:
    models = request.get("speech_models") or [request.get("speech_model") or DEFAULT_MODEL]
    return str(models[0])


def is_multichannel(request: dict[str, Any]) -> bool:
    return bool(request.get("multichannel") or request.get("dual_channel"))
