"""Answers have the shape that schema.yml promises, field for field."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml
from django.conf import settings
from jsonschema import Draft202012Validator, FormatChecker

from tests.api import TRANSCRIPTS, api_client, post_json
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import make_transcript, make_url_transcript
from tests.transcripts.ending import make_completed, make_failed

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]

SCHEMA = yaml.safe_load((settings.BASE_DIR / "schema.yml").read_text())
# Names that only a schema for people to read would leave open.
for _component in SCHEMA["components"]["schemas"].values():
    if "properties" in _component:
        _component["additionalProperties"] = False


def check_shape(response: Any, method: str, path: str) -> None:
    """Check status, media type and body against the schema."""
    answer = SCHEMA["paths"][path][method]["responses"][str(response.status_code)]
    if "$ref" in answer:
        answer = SCHEMA["components"]["responses"][answer["$ref"].rsplit("/", 1)[1]]
    if response.status_code == 204:
        return
    content = answer["content"][response["Content-Type"].split(";")[0]]
    if response["Content-Type"] != "text/plain; charset=utf-8":
        schema = {**content["schema"], "components": SCHEMA["components"]}
        Draft202012Validator(schema, format_checker=FormatChecker()).validate(response.json())


@pytest.mark.parametrize("kind", ["queued", "waiting", "url", "completed", "failed"])
def test_reading(kind: str, assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    make: dict[str, Callable[[], Any]] = {
        "queued": lambda: make_transcript(title="T", options={"punctuate": True}, metadata={"a": [1]}),
        "waiting": lambda: make_transcript(waiting_for="provider"),
        "url": make_url_transcript,
        "completed": lambda: make_completed(assemblyai_fake, run_due),
        "failed": lambda: make_failed(assemblyai_fake, run_due),
    }
    transcript, client = make[kind](), api_client()

    check_shape(client.get(f"{TRANSCRIPTS}?limit=1"), "get", TRANSCRIPTS)
    for part in ("", "txt/", "words/"):
        path = f"{TRANSCRIPTS}{{transcript_id}}/{part}"
        check_shape(client.get(path.format(transcript_id=transcript.pk)), "get", path)


def test_making() -> None:
    for body in ({"audio_url": "https://example.com/a.mp3"}, {"surprise": 1}):
        check_shape(post_json(api_client(), body), "post", TRANSCRIPTS)
    check_shape(post_json(api_client(scope="read"), {}), "post", TRANSCRIPTS)


def test_changing(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    transcript, client = make_failed(assemblyai_fake, run_due), api_client()
    path = f"{TRANSCRIPTS}{{transcript_id}}/"
    address = path.format(transcript_id=transcript.pk)

    for _ in range(2):
        check_shape(client.post(f"{address}retry/"), "post", f"{path}retry/")
    for _ in range(2):
        check_shape(client.delete(address), "delete", path)
