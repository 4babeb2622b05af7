"""Taking personal data and harsh words out of the text, and out of the audio."""

from collections.abc import Iterator, Mapping
from typing import Any

from api_project.rest.strict_fields import StrictBooleanField
from transcripts.options.fields import choice, text_list
from transcripts.options.structure import Fault, OptionsObject


class RedactedAudioOptions(OptionsObject):
    """How to make the redacted audio."""

    path = "redact_pii_audio_options"

    override_audio_redaction_method = choice(
        {"silence": "silence instead of a beep"}, required=False, help_text="What stands for personal data."
    )
    return_redacted_no_speech_audio = StrictBooleanField(
        required=False, help_text="Make a file also of audio in which nobody speaks."
    )


class RedactionOptions(OptionsObject):
    """What to take out."""

    filter_profanity = StrictBooleanField(required=False, help_text="Put asterisks into profane words.")
    redact_pii = StrictBooleanField(
        required=False,
        help_text=(
            "Take personal data out of the text. Needs `redact_pii_policies`. Only text and words are redacted: "
            "entities, sentiment rows and summaries in the provider's document, `json/`, may still hold what was "
            "taken out, so do not ask for those together with it unless you mean to."
        ),
    )
    redact_pii_policies = text_list(
        longest=100,
        most=200,
        required=False,
        help_text="What counts as personal data, such as `person_name`. Needs `redact_pii`.",
    )
    redact_pii_sub = choice(
        {"hash": "`####`", "entity_name": "`[PERSON_NAME]`"},
        required=False,
        help_text="What stands in its place; `hash` when left out. Needs `redact_pii`.",
    )
    redact_pii_audio = StrictBooleanField(
        required=False, help_text="Make a copy of the audio without personal data too. Needs `redact_pii`."
    )
    redact_pii_audio_quality = choice(
        {"mp3": "small", "wav": "without loss"},
        required=False,
        help_text="The format of that copy. Needs `redact_pii_audio`.",
    )
    redact_pii_audio_options = RedactedAudioOptions(
        required=False, help_text="How to make that copy. Needs `redact_pii_audio`."
    )
    redact_pii_return_unredacted = StrictBooleanField(
        required=False,
        help_text=(
            "Give the unredacted text as well: the provider's document, `json/`, then holds it whole. "
            "Needs `redact_pii`."
        ),
    )

    def contradictions(self, given: Mapping[str, Any]) -> Iterator[Fault]:
        if given.get("redact_pii") and not given.get("redact_pii_policies"):
            yield "redact_pii_policies", "required", "`redact_pii` needs at least one policy."
        yield from super().contradictions(given)
