"""Answers have the shape that schema.yml promises, field for field."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from tests.api import TRANSCRIPTS, api_client, post_json
from tests.assemblyai_fake import FakeAssemblyAI
from tests.described import document
from tests.factories import make_transcript, make_url_transcript
from tests.transcripts.ending import make_completed, make_failed

pytestmark = pytest.mark.django_db
RunDue = Callable[..., Any]

SCHEMA = deepcopy(document())
# Names that only a schema for people to read would leave open.
for _component in SCHEMA["components"]["schemas"].values():
    if "properties" in _component:
        _component["additionalProperties"] = False


def check_shape(response: Any, method: str, path: str) -> int:
    """Check status, media type and body against the schema, and return the status."""
    answer = SCHEMA["paths"][path][method]["responses"][str(response.status_code)]
    if "$ref" in answer:
        answer = SCHEMA["components"]["responses"][answer["$ref"].rsplit("/", 1)[1]]
    if response.status_code == 204:
        return 204
    content = answer["content"][response["Content-Type"].split(";")[0]]
    if response["Content-Type"] != "text/plain; charset=utf-8":
        schema = {**content["schema"], "components": SCHEMA["components"]}
        Draft202012Validator(schema, format_checker=FormatChecker()).validate(response.json())
    return int(response.status_code)


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

    assert check_shape(client.get(f"{TRANSCRIPTS}?limit=1"), "get", TRANSCRIPTS) == 200
    for part in ("", "txt/", "words/"):
        path = f"{TRANSCRIPTS}{{transcript_id}}/{part}"
        status = check_shape(client.get(path.format(transcript_id=transcript.pk)), "get", path)
        assert status == (409 if part and kind != "completed" else 200)


def test_making() -> None:
    for body, status in (({"audio_url": "https://example.com/a.mp3"}, 202), ({"surprise": 1}, 400)):
        assert check_shape(post_json(api_client(), body), "post", TRANSCRIPTS) == status
    assert check_shape(post_json(api_client(scope="read"), {}), "post", TRANSCRIPTS) == 403


def test_changing(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    transcript, client = make_failed(assemblyai_fake, run_due), api_client()
    path = f"{TRANSCRIPTS}{{transcript_id}}/"
    address = path.format(transcript_id=transcript.pk)

    retried = [check_shape(client.post(f"{address}retry/"), "post", f"{path}retry/") for _ in range(2)]
    deleted = [check_shape(client.delete(address), "delete", path) for _ in range(2)]
    assert (retried, deleted) == ([202, 409], [204, 404])
