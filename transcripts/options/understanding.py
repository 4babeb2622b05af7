"""What to find in what was said."""

from collections.abc import Iterator, Mapping
from typing import Any

from api_project.rest.strict_fields import StrictBooleanField, StrictIntegerField, StrictListField
from transcripts.options.fields import JsonObjectField, TextField, choice, text_list
from transcripts.options.structure import Fault, OptionsObject


class SpeakerIdentification(OptionsObject):
    """Giving speakers their names or roles."""

    path = "speech_understanding.request.speaker_identification"

    speaker_type = choice({"role": "by role", "name": "by name"}, help_text="What to call them by.")
    known_values = text_list(longest=200, most=100, required=False, help_text="The names or roles that there are.")
    speakers = StrictListField(
        child=JsonObjectField(),
        required=False,
        min_length=1,
        max_length=100,
        help_text="The speakers with a description of each, in place of `known_values`.",
    )

    def contradictions(self, given: Mapping[str, Any]) -> Iterator[Fault]:
        if given["speaker_type"] == "role" and not given.get("known_values") and not given.get("speakers"):
            yield "known_values", "required", "Speakers by role need the roles that there are."
        yield from super().contradictions(given)


class Translation(OptionsObject):
    """Translating the transcript."""

    path = "speech_understanding.request.translation"

    target_languages = text_list(longest=20, most=100, help_text="Languages to translate into, such as `de`.")
    formal = StrictBooleanField(required=False, help_text="In formal language.")
    match_original_utterance = StrictBooleanField(required=False, help_text="Turn by turn, as it was spoken.")


class CustomFormatting(OptionsObject):
    """Writing some things in one way."""

    path = "speech_understanding.request.custom_formatting"

    date = TextField(required=False, max_length=100, help_text="Such as `mm/dd/yyyy`.")
    phone_number = TextField(required=False, max_length=100, help_text="Such as `(xxx)xxx-xxxx`.")
    email = TextField(required=False, max_length=100, help_text="Such as `username@domain.com`.")


class Summarization(OptionsObject):
    """Summing up, chapter by chapter."""

    path = "speech_understanding.request.summarization"

    summary_type = choice(
        {"bullets": "a list of points", "paragraph": "a text"}, help_text="What a summary looks like."
    )
    headline_length = StrictIntegerField(
        required=False, min_value=5, max_value=15, help_text="Words in a chapter's headline."
    )
    approximate_chapters = StrictIntegerField(
        required=False, min_value=1, max_value=1000, help_text="About how many chapters to make."
    )
    effort = choice({"low": "the usual", "medium": "more"}, required=False, help_text="How much work to spend on it.")


class UnderstandingTasks(OptionsObject):
    """What to do with the finished transcript."""

    path = "speech_understanding.request"

    speaker_identification = SpeakerIdentification(required=False, help_text="Call speakers by name or role.")
    translation = Translation(required=False, help_text="Translate the transcript.")
    custom_formatting = CustomFormatting(required=False, help_text="Write dates and the like in one way.")
    summarization = Summarization(required=False, help_text="Sum up, chapter by chapter.")


class SpeechUnderstanding(OptionsObject):
    """Work on the finished transcript by a language model of the provider's."""

    path = "speech_understanding"

    request = UnderstandingTasks(help_text="What to do with the finished transcript.")


class UnderstandingOptions(OptionsObject):
    """What to find in what was said. The results are in the provider's document, `json/`."""

    sentiment_analysis = StrictBooleanField(required=False, help_text="Tell the mood of each sentence.")
    entity_detection = StrictBooleanField(required=False, help_text="Find names, places, dates and the like.")
    auto_highlights = StrictBooleanField(required=False, help_text="Find the phrases that matter most.")
    iab_categories = StrictBooleanField(required=False, help_text="Find the topics, by the IAB's taxonomy.")
    content_safety = StrictBooleanField(required=False, help_text="Find sensitive content.")
    content_safety_confidence = StrictIntegerField(
        required=False, min_value=25, max_value=100, help_text="Percent to be sure of it. Needs `content_safety`."
    )
    speech_understanding = SpeechUnderstanding(
        required=False, help_text="Summaries, translations, names of speakers and formats, by a language model."
    )
