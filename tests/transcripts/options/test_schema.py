"""What the API's description says about options."""

from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator
from pytest_django import Settings

from transcripts.options.examples import EXAMPLES, JOBS


def described() -> dict[str, Any]:
    """Return the components, generated anew."""
    generator: Any = SchemaGenerator
    schemas: dict[str, Any] = generator().get_schema(request=None, public=True)["components"]["schemas"]
    return schemas


def is_valid(value: Any, component: str, schemas: dict[str, Any]) -> bool:
    schema = {"$ref": f"#/components/schemas/{component}", "components": {"schemas": schemas}}
    return bool(Draft202012Validator(schema).is_valid(value))


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    return described()


@pytest.mark.parametrize("component", ["Options", "OptionsRequest"])
def test_every_option_is_explained_and_shown(component: str, schemas: dict[str, Any]) -> None:
    properties = schemas[component]["properties"]
    assert {name: option["example"] for name, option in properties.items()} == EXAMPLES
    assert all(option["description"] for option in properties.values())


@pytest.mark.parametrize("name", EXAMPLES)
def test_its_example_is_what_the_description_asks_for(name: str, schemas: dict[str, Any]) -> None:
    assert is_valid({name: EXAMPLES[name]}, "OptionsRequest", schemas)
    assert is_valid({name: EXAMPLES[name]}, "Options", schemas)


@pytest.mark.parametrize("job", JOBS)
def test_the_typical_jobs_are_what_the_description_asks_for(job: str, schemas: dict[str, Any]) -> None:
    assert is_valid({"audio_url": "https://example.com/a.mp3", **JOBS[job]}, "TranscriptFromUrlRequest", schemas)


@pytest.mark.parametrize(
    "options",
    [
        {"keyterms_prompt": ["one two three four five six seven"]},
        {"custom_spelling": [{"from": ["a"], "to": "two words"}]},
        {"prompt": "  "},
        {"redact_pii_sub": "stars"},
        {"speech_understanding": {"request": {"nonsense": 1}}},
        {"nonsense": 1},
    ],
)
def test_what_is_refused_is_not_what_it_asks_for(options: dict[str, Any], schemas: dict[str, Any]) -> None:
    assert not is_valid(options, "OptionsRequest", schemas)


def test_an_example_of_few_words_is_what_swagger_ui_sends(schemas: dict[str, Any]) -> None:
    assert schemas["OptionsRequest"]["example"] == {"punctuate": True}


@pytest.mark.parametrize("value", [None, 7, "text", [None], {"a": {}}])
def test_the_operators_options_are_described_as_any_json(value: Any, settings: Settings) -> None:
    settings.ASSEMBLYAI_EXTRA_OPTIONS = ["shout", "speaker_options.new"]
    schemas = described()
    given = {"shout": value, "speaker_labels": True, "speaker_options": {"new": value}}
    assert is_valid(given, "OptionsRequest", schemas)
    assert is_valid(given, "Options", schemas)
