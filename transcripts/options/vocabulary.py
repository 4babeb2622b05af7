"""Helping the recognition with words, and deciding how they are written."""

from typing import Any

from api_project.rest.strict_fields import StrictBooleanField, StrictListField, StrictNumberField
from transcripts.options.fields import TextField, choice, text_list
from transcripts.options.structure import OptionsObject

MOST_TERMS = 1000
FEW_WORDS = (r"^\s*(\S+\s+){0,5}\S+\s*$", "not_few_words", "A key term has one to six words.")
ONE_WORD = (r"^\s*\S+\s*$", "not_one_word", "This must be one word.")


class KeytermsOptions(OptionsObject):
    """How to use the key terms."""

    path = "keyterms_prompt_options"

    keyterms_match_strength = choice(
        {"high": "much", "standard": "the usual"}, required=False, help_text="How much to lean towards the key terms."
    )


class Spelling(OptionsObject):
    """How to write a word."""

    path = "custom_spelling"

    to = TextField(like=ONE_WORD, max_length=200, help_text="How to write it: one word, in this very case.")

    def get_fields(self) -> dict[str, Any]:
        # A keyword of Python's cannot be declared in the class.
        heard = text_list(longest=200, most=100, help_text="Words or phrases to write so, in whatever case.")
        return {"from": heard, **super().get_fields()}


class VocabularyOptions(OptionsObject):
    """Which words to expect and how to write them."""

    keyterms_prompt = StrictListField(
        child=TextField(like=FEW_WORDS, max_length=200),
        required=False,
        max_length=MOST_TERMS,
        help_text="Words and phrases to expect, of up to six words each; an empty list expects none. Not every model "
        "takes this together with `prompt`.",
    )
    keyterms_prompt_options = KeytermsOptions(
        required=False, help_text="How to use the key terms. Needs `keyterms_prompt`."
    )
    prompt = TextField(
        required=False, max_length=20_000, help_text="What the audio is about, in plain words, for models that read it."
    )
    temperature = StrictNumberField(
        required=False, min_value=0, max_value=1, help_text="0 for the same answer each time, up to 1 for free ones."
    )
    custom_spelling = StrictListField(
        child=Spelling(),
        required=False,
        min_length=1,
        max_length=MOST_TERMS,
        help_text="Words to write otherwise than they are heard.",
    )
    punctuate = StrictBooleanField(required=False, help_text="Add punctuation; done unless this is false.")
    format_text = StrictBooleanField(
        required=False, help_text="Add capitals and format numbers; done unless this is false."
    )
    disfluencies = StrictBooleanField(required=False, help_text="Keep filler words, such as “um”.")
    remove_audio_tags = TextField(
        required=False, max_length=50, help_text="`all` takes tags such as `[MUSIC]` out of the text."
    )
