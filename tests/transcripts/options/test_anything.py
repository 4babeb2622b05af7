"""Whatever JSON comes as options: it is taken, or the fields at fault are named."""

from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.api import api_client, post_json
from tests.transcripts.options.faults import faults_of
from transcripts.models import Transcript
from transcripts.options.examples import EXAMPLES

NESTED = sorted(
    {name for value in EXAMPLES.values() if isinstance(value, dict) for name in value}
    | set(EXAMPLES["speech_understanding"]["request"])
    | {"from", "to", "summary_type", "speaker_type", "target_languages", "known_values", "speakers"}
)
NAMES = st.sampled_from([*EXAMPLES, *NESTED, "word_boost", "webhook_url", "non_field_errors"]) | st.text(max_size=5)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["en", "hash", "role", "bullets"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=8,
)
# What is right but for one part, which is where most of the rules are.
ALMOST = st.builds(
    lambda name, value, rest: rest | {name: value},
    st.sampled_from(sorted(EXAMPLES)),
    VALUES,
    st.lists(st.sampled_from(sorted(EXAMPLES)), max_size=6).map(lambda names: {name: EXAMPLES[name] for name in names}),
)
ANYTHING = ALMOST | st.dictionaries(NAMES, VALUES, max_size=5) | VALUES


@given(ANYTHING)
@settings(max_examples=500, deadline=None)
def test_options_are_kept_as_they_are_or_the_fault_is_named(options: Any) -> None:
    for field, code in faults_of(options).items():
        assert code
        assert (
            not field or not isinstance(options, dict) or any(field.startswith(name) for name in [*options, *EXAMPLES])
        )


@pytest.fixture
def client(transactional_db: None) -> Client:
    return api_client()


@given(options=ANYTHING)
@example(options={"custom_spelling": [{"from": ["a"], "to": "b"}, 7]})
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_request_is_accepted_or_refused_by_field(client: Client, options: Any) -> None:
    response = post_json(client, {"audio_url": "https://example.com/a.mp3", "options": options})
    if response.status_code == 202:
        assert Transcript.objects.get(pk=response.json()["id"]).options == options == response.json()["options"]
        return
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert all(error["field"].startswith("options") and error["code"] for error in response.json()["errors"])
