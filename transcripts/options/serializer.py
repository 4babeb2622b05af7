"""All options together."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rest_framework import serializers

from api_project.rest.strict_fields import StrictIntegerField, StrictNumberField
from transcripts.options.fields import TextField, text_list
from transcripts.options.language import LanguageOptions
from transcripts.options.redaction import RedactionOptions
from transcripts.options.speakers import SpeakerOptions
from transcripts.options.structure import Fault
from transcripts.options.understanding import UnderstandingOptions
from transcripts.options.vocabulary import VocabularyOptions

# They are shown in lists, a page of which shall stay small enough to read.
MAX_OPTIONS_BYTES = 64 * 1024
OURS = "This is the service's own: by it the provider tells the service that a transcript is ready."
BESIDE = "This is no option; it stands beside `options`, not in it."
SUMMARIES = "speech_understanding.request.summarization"


class OptionsSerializer(LanguageOptions, SpeakerOptions, VocabularyOptions, RedactionOptions, UnderstandingOptions):
    """How to transcribe. Each option has the name and the meaning it has at AssemblyAI."""

    deprecated = {
        "word_boost": "keyterms_prompt",
        "boost_param": "keyterms_prompt_options",
        "speech_model": "speech_models",
        "dual_channel": "multichannel",
        "auto_chapters": SUMMARIES,
        "summarization": SUMMARIES,
        "summary_model": SUMMARIES,
        "summary_type": f"{SUMMARIES}.summary_type",
    }
    not_here = {
        **dict.fromkeys(("webhook_url", "webhook_auth_header_name", "webhook_auth_header_value"), OURS),
        **dict.fromkeys(("audio_url", "file", "title", "metadata"), BESIDE),
    }
    needs = {
        "speakers_expected": "speaker_labels",
        "speaker_options": "speaker_labels",
        "language_detection_options": "language_detection",
        "language_confidence_threshold": "language_detection",
        "keyterms_prompt_options": "keyterms_prompt",
        "redact_pii_policies": "redact_pii",
        "redact_pii_sub": "redact_pii",
        "redact_pii_audio": "redact_pii",
        "redact_pii_return_unredacted": "redact_pii",
        "redact_pii_audio_quality": "redact_pii_audio",
        "redact_pii_audio_options": "redact_pii_audio",
        "content_safety_confidence": "content_safety",
    }

    speech_models = text_list(
        longest=100,
        most=10,
        required=False,
        help_text="Models in order of preference; the service's own list when left out.",
    )
    domain = TextField(
        required=False,
        max_length=100,
        help_text="The field that is spoken of, such as `medical-v1`, if there is a model.",
    )
    audio_start_from = StrictIntegerField(required=False, min_value=0, help_text="Milliseconds to begin at.")
    audio_end_at = StrictIntegerField(required=False, min_value=1, help_text="Milliseconds to stop at.")
    speech_threshold = StrictNumberField(
        required=False, min_value=0, max_value=1, help_text="Fail when less than this share of the audio is speech."
    )

    default_error_messages = {"too_large": f"The options may have up to {MAX_OPTIONS_BYTES} bytes as JSON."}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and len(json.dumps(data, ensure_ascii=False).encode()) > MAX_OPTIONS_BYTES:
            message = self.error_messages["too_large"]
            raise serializers.ValidationError({"non_field_errors": [message]}, code="too_large")
        return super().to_internal_value(data)

    def contradictions(self, given: Mapping[str, Any]) -> Iterator[Fault]:
        start, end = given.get("audio_start_from"), given.get("audio_end_at")
        if isinstance(end, int) and end <= (start or 0):
            yield "audio_end_at", "conflict", "This must be later than `audio_start_from`."
        yield from super().contradictions(given)
