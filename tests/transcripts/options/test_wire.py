"""What AssemblyAI is sent: every option to the letter, through the SDK."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from tests.api import TRANSCRIPTS, api_client, form_part, form_with_file, post_form, post_json
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import make_url_transcript
from tests.transcripts.options.faults import with_companions
from transcripts.models import Transcript
from transcripts.options.examples import EXAMPLES, JOBS
from transcripts.webhook_secrets import HEADER_NAME

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]
URL = "https://example.com/talk.mp3"
OURS = {"audio_url", "webhook_url", "webhook_auth_header_name", "webhook_auth_header_value"}
SET_OFF = {name: False for name, value in EXAMPLES.items() if isinstance(value, bool)}


def sent(fake: FakeAssemblyAI) -> Any:
    """Return the one submission as it was posted."""
    (request,) = [request for request in fake.requests if request.url.path == "/v2/transcript"]
    return json.loads(request.content)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_option_arrives_as_it_was_given(name: str, assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    options = with_companions(name, EXAMPLES[name])
    response = post_json(api_client(), {"audio_url": URL, "options": options})
    assert response.json()["options"] == options
    run_due("submit")
    posted = sent(assemblyai_fake)
    assert {name: posted[name] for name in options} == options
    assert set(posted) == OURS | set(options) | {"speech_models"}


@pytest.mark.parametrize(
    "options",
    [
        SET_OFF,
        {"redact_pii": True, "redact_pii_policies": ["a_policy_of_tomorrow"]},
        {"speech_understanding": {"request": {"translation": {"target_languages": ["de"]}}}},
        {"custom_spelling": [{"from": ["a"], "to": "A"}, {"from": ["b"], "to": "A"}]},
        {"keyterms_prompt": [], "prompt": " as it is ", "temperature": 0, "language_code": "xx_new"},
        *[job["options"] for job in JOBS.values()],
    ],
)
def test_nothing_is_added_left_out_or_refused_by_the_sdk(
    options: dict[str, Any], assemblyai_fake: FakeAssemblyAI, run_due: RunDue, settings: Settings
) -> None:
    post_json(api_client(), {"audio_url": URL, "options": options})
    run_due("submit")
    posted = sent(assemblyai_fake)
    assert posted.pop("speech_models") == settings.ASSEMBLYAI_SPEECH_MODELS
    assert {name: value for name, value in posted.items() if name not in OURS} == options


def test_the_operators_options_arrive_though_the_sdk_does_not_know_them(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, settings: Settings
) -> None:
    settings.ASSEMBLYAI_EXTRA_OPTIONS = ["redact_static_entities", "shout", "speaker_options.new"]
    options = {
        "redact_static_entities": {"INTERNAL": ["Bearclaw", None]},
        "shout": None,
        "speaker_labels": True,
        "speaker_options": {"new": [1, {"a": None}]},
    }
    post_json(api_client(), {"audio_url": URL, "options": options})
    run_due("submit")
    posted = sent(assemblyai_fake)
    assert {name: posted[name] for name in options} == options


def test_stored_options_cannot_turn_our_webhook_away(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make_url_transcript(URL, options={"webhook_url": "https://evil.example/", "audio_url": "https://evil.example/"})
    run_due("submit")
    posted = sent(assemblyai_fake)
    assert posted["audio_url"] == URL
    assert posted["webhook_url"].startswith("http://127.0.0.1:8000/webhooks/")
    assert posted["webhook_auth_header_name"] == HEADER_NAME


OPTIONS = with_companions("redact_pii_sub", "entity_name") | {"custom_spelling": EXAMPLES["custom_spelling"]}


@pytest.mark.parametrize(
    "post",
    [
        lambda client: post_json(client, {"audio_url": URL, "options": OPTIONS}),
        lambda client: post_form(
            client, form_with_file(b"RIFF\x24\x00\x00\x00WAVEfmt ", form_part("options", json.dumps(OPTIONS).encode()))
        ),
        lambda client: client.generic(
            "POST",
            TRANSCRIPTS,
            b"RIFF\x24\x00\x00\x00WAVEfmt ",
            content_type="audio/wav",
            query_params={"options": json.dumps(OPTIONS)},
        ),
    ],
    ids=["json", "form", "bare"],
)
def test_every_way_to_create_takes_them(post: Callable[[Any], Any]) -> None:
    response = post(api_client())
    assert response.status_code == 202, response.content
    assert response.json()["options"] == OPTIONS
    assert Transcript.objects.get().options == OPTIONS
