"""Which language is spoken, and finding it out."""

from collections.abc import Iterator, Mapping
from typing import Any

from api_project.rest.strict_fields import StrictBooleanField, StrictNumberField
from transcripts.options.fields import TextField, choice, text_list
from transcripts.options.structure import Fault, OptionsObject

LONGEST_CODE = 20
MOST_LANGUAGES = 100


class LanguageDetectionOptions(OptionsObject):
    """How to find the language out."""

    path = "language_detection_options"
    needs = {"code_switching_confidence_threshold": "code_switching"}

    expected_languages = text_list(
        longest=LONGEST_CODE, most=MOST_LANGUAGES, required=False, help_text="Languages that it may be."
    )
    fallback_language = TextField(
        required=False, max_length=LONGEST_CODE, help_text="What to take when it is none of those; `auto` for the best."
    )
    code_switching = StrictBooleanField(required=False, help_text="Look for several languages in one recording.")
    code_switching_confidence_threshold = StrictNumberField(
        required=False, min_value=0, max_value=1, help_text="How sure to be of them. Needs `code_switching`."
    )
    on_low_language_confidence = choice(
        {"error": "fail", "fallback": "take `fallback_language`"},
        required=False,
        help_text="What to do below `language_confidence_threshold`; `error` when left out.",
    )
    swiss_german = StrictBooleanField(required=False, help_text="Take German to be Swiss German.")
    language_detection_model = TextField(required=False, max_length=100, help_text="The model that detects.")
    localization = text_list(
        longest=LONGEST_CODE,
        most=MOST_LANGUAGES,
        required=False,
        help_text="Regional spellings to write a language in, such as `en_uk`; one for each language.",
    )


class LanguageOptions(OptionsObject):
    """Which language is spoken."""

    language_code = TextField(
        required=False,
        max_length=LONGEST_CODE,
        help_text="Language of the audio, such as `en_us`. Not with `language_detection`.",
    )
    language_codes = text_list(
        longest=LONGEST_CODE,
        most=MOST_LANGUAGES,
        required=False,
        help_text="Languages of audio in which several are spoken, such as `en` and `es`.",
    )
    language_detection = StrictBooleanField(required=False, help_text="Find the language out.")
    language_detection_options = LanguageDetectionOptions(
        required=False, help_text="How to find the language out. Needs `language_detection`."
    )
    language_confidence_threshold = StrictNumberField(
        required=False,
        min_value=0,
        max_value=1,
        help_text="Fail when the language is less sure than this. Needs `language_detection`.",
    )

    def contradictions(self, given: Mapping[str, Any]) -> Iterator[Fault]:
        if given.get("language_code") and given.get("language_detection"):
            yield "language_detection", "conflict", "Give this or `language_code`, not both."
        yield from super().contradictions(given)
