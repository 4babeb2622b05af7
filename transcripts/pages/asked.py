"""The options that the page offers, from the fields of its forms to what the API takes. `asked.js` does the same."""

import re
from collections.abc import Mapping
from typing import Any

DETECT = "detect"
# A choice for people; the API takes any that the provider knows.
LANGUAGES = {
    "": "The provider's default",
    DETECT: "Find it out",
    "en": "English",
    "en_au": "English (Australia)",
    "en_uk": "English (United Kingdom)",
    "en_us": "English (United States)",
    "zh": "Chinese",
    "nl": "Dutch",
    "fi": "Finnish",
    "fr": "French",
    "de": "German",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "es": "Spanish",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
}
FLAGS = ("speaker_labels", "multichannel")
FIELDS = ("title", "language", *FLAGS, "key_terms")


def asked_for(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return `title` and `options` as the API takes them; what was left as it is, is left out."""
    options: dict[str, Any] = {name: True for name in FLAGS if fields.get(name)}
    language = fields.get("language", "")
    if language == DETECT:
        options["language_detection"] = True
    elif language:
        options["language_code"] = language
    if terms := _terms(fields.get("key_terms", "")):
        options["keyterms_prompt"] = terms
    title = fields.get("title", "").strip()
    return ({"title": title} if title else {}) | ({"options": options} if options else {})


def filled_in(fields: Mapping[str, str]) -> dict[str, str]:
    """Return what was given, to show the form again."""
    return {name: value for name in FIELDS if (value := fields.get(name, ""))}


def _terms(text: str) -> list[str]:
    return [term for part in re.split(r"[\n,]", text) if (term := part.strip())]
