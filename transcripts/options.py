"""The options a client may give: an allow-list of the SDK's `TranscriptionConfig` fields, by name and by type.

Never `webhook_*` or `raw_transcription_config`: with those a client could turn our webhook away. Models and languages
change by date, so the provider is the judge of their values.
"""

from collections.abc import Collection, Mapping
from typing import Any

from rest_framework import serializers

MOST_UNKNOWN = 100


class StrictBooleanField(serializers.BooleanField):
    """True or false and nothing that merely looks like it."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class StrictIntegerField(serializers.IntegerField):
    """A JSON number without a fraction."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictCharField(serializers.CharField):
    """A JSON string."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


def refuse_unknown_names(data: Mapping[str, Any], allowed: Collection[str], sentence: str) -> None:
    """Raise ValidationError naming what is not allowed, and what is. A hundred names are enough to tell."""
    if unknown := sorted(set(data) - set(allowed))[:MOST_UNKNOWN]:
        detail = f"{sentence} Allowed are: {', '.join(sorted(allowed))}."
        raise serializers.ValidationError({name: [detail] for name in unknown}, code="unknown")


class StringListField(serializers.ListField):
    """A list of JSON strings, whose length is looked at first: half a million faults in it take long to tell."""

    default_error_messages = {"too_long": "This may have up to {max_length} entries."}

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list) and self.max_length is not None and len(data) > self.max_length:
            self.fail("too_long", max_length=self.max_length)
        return super().to_internal_value(data)


class OptionsSerializer(serializers.Serializer[Any]):
    """How to transcribe. Each option has the name and the meaning it has at AssemblyAI."""

    language_code = StrictCharField(
        required=False,
        max_length=20,
        help_text="Language of the audio, such as `en_us`. Not with `language_detection`.",
    )
    language_detection = StrictBooleanField(required=False, help_text="Find the language out.")
    speaker_labels = StrictBooleanField(required=False, help_text="Tell the speakers apart.")
    speakers_expected = StrictIntegerField(
        required=False, min_value=1, max_value=100, help_text="How many speakers there are. Needs `speaker_labels`."
    )
    multichannel = StrictBooleanField(required=False, help_text="Transcribe each audio channel by itself.")
    keyterms_prompt = StringListField(
        child=StrictCharField(max_length=200),
        required=False,
        max_length=1000,
        help_text="Words and phrases to expect.",
    )
    punctuate = StrictBooleanField(required=False, help_text="Add punctuation.")
    format_text = StrictBooleanField(required=False, help_text="Add capitals and format numbers.")
    speech_models = StringListField(
        child=StrictCharField(max_length=100),
        required=False,
        min_length=1,
        max_length=10,
        help_text="Models in order of preference; the service's own list when left out.",
    )
    audio_start_from = StrictIntegerField(required=False, min_value=0, help_text="Milliseconds to begin at.")
    audio_end_at = StrictIntegerField(required=False, min_value=1, help_text="Milliseconds to stop at.")

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            refuse_unknown_names(data, self.fields, "There is no option of this name.")
        return super().to_internal_value(data)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("language_code") and attrs.get("language_detection"):
            raise serializers.ValidationError({"language_detection": ["Give this or `language_code`, not both."]})
        if "speakers_expected" in attrs and not attrs.get("speaker_labels"):
            raise serializers.ValidationError({"speakers_expected": ["This needs `speaker_labels` set to true."]})
        start, end = attrs.get("audio_start_from"), attrs.get("audio_end_at")
        if end is not None and end <= (start or 0):
            raise serializers.ValidationError({"audio_end_at": ["This must be later than `audio_start_from`."]})
        return attrs
