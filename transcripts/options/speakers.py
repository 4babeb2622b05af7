"""Who speaks: speakers and channels."""

from collections.abc import Iterator, Mapping
from typing import Any

from api_project.rest.strict_fields import StrictBooleanField, StrictIntegerField
from transcripts.options.fields import choice
from transcripts.options.structure import Fault, OptionsObject

MOST_SPEAKERS = 100


class SpeakerDetailOptions(OptionsObject):
    """How to tell speakers apart."""

    path = "speaker_options"

    min_speakers_expected = StrictIntegerField(
        required=False, min_value=1, max_value=MOST_SPEAKERS, help_text="At least so many speakers."
    )
    max_speakers_expected = StrictIntegerField(
        required=False, min_value=1, max_value=MOST_SPEAKERS, help_text="At most so many speakers."
    )
    use_two_stage_clustering = StrictBooleanField(required=False, help_text="Sort the voices in two passes.")
    short_file_diarization_method = choice(
        {
            "deliberate": "the usual one",
            "balanced": "neither way",
            "conservative": "rather too few speakers",
            "aggressive": "rather too many speakers",
        },
        required=False,
        help_text="How to go about short recordings.",
    )
    long_file_diarization_method = choice(
        {"standard": "the usual one", "experimental": "one that is being tried out"},
        required=False,
        help_text="How to go about long recordings.",
    )

    def contradictions(self, given: Mapping[str, Any]) -> Iterator[Fault]:
        least, most = given.get("min_speakers_expected"), given.get("max_speakers_expected")
        if isinstance(least, int) and isinstance(most, int) and most < least:
            yield "max_speakers_expected", "conflict", "This must not be less than `min_speakers_expected`."
        yield from super().contradictions(given)


class SpeakerOptions(OptionsObject):
    """Who speaks."""

    speaker_labels = StrictBooleanField(required=False, help_text="Tell the speakers apart.")
    speakers_expected = StrictIntegerField(
        required=False,
        min_value=1,
        max_value=MOST_SPEAKERS,
        help_text="How many speakers there are. Needs `speaker_labels`.",
    )
    speaker_options = SpeakerDetailOptions(
        required=False, help_text="How to tell speakers apart. Needs `speaker_labels`."
    )
    multichannel = StrictBooleanField(
        required=False,
        help_text="Transcribe each audio channel by itself; with `speaker_labels`, tell speakers apart in each.",
    )
