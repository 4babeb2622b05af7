"""The committed schema is what the code says, and it says what clients and newcomers need."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator

from api_project.rest.description import TAGS
from tests.described import Operation, document, examples, faults, operations, resolve, webhooks
from webhooks.outbound.event_types import EVENT_TYPES

SCHEMA = settings.BASE_DIR / "schema.yml"
OPERATIONS = operations()


def is_of_provider(callback: Operation) -> bool:
    return callback.path.startswith("assemblyai")


# Verb and noun; generators make the names of functions of them.
NAME = re.compile(r"[a-z]+(_[a-z]+)+")
VERBS = {
    "list",
    "create",
    "get",
    "update",
    "delete",
    "retry",
    "search",
    "revoke",
    "rotate",
    "ping",
    "redeliver",
    "recover",
}
# Their answers are bytes of audio, which no example can be: JSON has none, and `externalValue` needs an address that is
# there wherever the document is read.
FILES = {
    (name, status) for name in ("get_transcript_audio", "get_transcript_redacted_audio") for status in ("200", "206")
}
FOR_EVERYBODY = {"get_index"}
of_each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=str)


def test_the_committed_schema_is_the_generated_one(tmp_path: Path) -> None:
    generated = tmp_path / "schema.yml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(generated))

    assert generated.read_text() == SCHEMA.read_text(), "run `make schema`"


def test_it_is_openapi_3_1_without_words_of_3_0() -> None:
    assert document()["openapi"].startswith("3.1.")
    assert "nullable:" not in SCHEMA.read_text()


def test_it_is_served_to_everybody() -> None:
    response = Client().get("/api/schema/")

    assert response.status_code == 200
    assert response.json()["paths"].keys() == document()["paths"].keys()


@of_each_operation
def test_an_operation_has_a_name_a_summary_and_prose(operation: Operation) -> None:
    spec = operation.spec
    assert spec["summary"] and spec["description"].endswith((".", "`", ")"))
    assert NAME.fullmatch(spec["operationId"]) and spec["operationId"].partition("_")[0] in VERBS


@of_each_operation
def test_an_operation_has_both_ways_to_sign_in_unless_it_is_for_everybody(operation: Operation) -> None:
    assert operation.spec.get("security") == (
        None if is_for_everybody(operation) else [{"bearer": []}, {"session": []}]
    )


def is_for_everybody(operation: Operation) -> bool:
    return operation.spec["operationId"] in FOR_EVERYBODY


def test_every_name_is_there_once() -> None:
    names = [operation.spec["operationId"] for operation in [*OPERATIONS, *webhooks()]]

    assert len(set(names)) == len(names)


def test_every_operation_has_one_tag_and_every_tag_has_prose_and_operations() -> None:
    tags = [operation.spec["tags"] for operation in [*OPERATIONS, *webhooks()]]

    assert all(len(listed) == 1 for listed in tags)
    assert document()["tags"] == TAGS and all(tag["description"] for tag in TAGS)
    assert {listed[0] for listed in tags} == {tag["name"] for tag in TAGS}


def test_it_says_where_to_ask_how_to_sign_in_and_where_to_read_on() -> None:
    assert [server["url"] for server in document()["servers"]] == ["/"]
    assert all(scheme["description"] for scheme in document()["components"]["securitySchemes"].values())
    assert document()["externalDocs"]["url"].startswith("https://")


@of_each_operation
def test_a_parameter_is_explained_typed_and_shown(operation: Operation) -> None:
    for parameter in operation.parameters:
        schema = resolve(parameter["schema"])
        assert parameter.get("description"), parameter["name"]
        assert "type" in schema or "enum" in schema, parameter["name"]
        # Those of a schema are shown; Swagger UI would fill in and send one of the parameter itself.
        shown = [
            *examples(parameter),
            *schema.get("examples", ()),
            *([schema["default"]] if "default" in schema else []),
        ]
        assert shown or "enum" in schema or schema["type"] == "boolean", f"{parameter['name']} has no example"
        assert [fault for value in shown for fault in faults(parameter["schema"], value)] == []


@of_each_operation
def test_every_kind_of_body_has_an_example_that_is_valid(operation: Operation) -> None:
    for media_type, content in operation.request_contents.items():
        assert examples(content), media_type
        assert [fault for value in examples(content) for fault in faults(content["schema"], value)] == []


@of_each_operation
def test_every_answer_has_an_example_that_is_valid(operation: Operation) -> None:
    for status, response in operation.responses.items():
        assert response["description"], status
        for content in response.get("content", {}).values():
            is_a_file = content["schema"].get("format") == "binary"
            assert is_a_file == ((operation.spec["operationId"], status) in FILES), status
            assert examples(content) or is_a_file, status
            assert [fault for value in examples(content) for fault in faults(content["schema"], value)] == [], status


@of_each_operation
def test_a_header_of_an_answer_is_explained_and_typed(operation: Operation) -> None:
    for response in operation.responses.values():
        assert "X-Request-ID" in response["headers"]
        for name, header in response["headers"].items():
            assert resolve(header)["description"] and resolve(header)["schema"], name


@of_each_operation
def test_an_error_is_a_problem_that_is_described_once(operation: Operation) -> None:
    for status, response in operation.spec["responses"].items():
        if int(status) >= 400:
            assert response == {"$ref": f"#/components/responses/Problem{status}"}
            assert list(resolve(response)["content"]) == ["application/problem+json"]


@of_each_operation
def test_what_can_always_happen_is_always_said(operation: Operation) -> None:
    assert {"400", "500", "503"} <= operation.responses.keys()
    assert ({"401", "429"} <= operation.responses.keys()) is not is_for_everybody(operation)


@pytest.mark.parametrize("name", document()["components"]["schemas"])
def test_a_component_is_a_schema_and_tells_what_its_fields_are(name: str) -> None:
    schema = document()["components"]["schemas"][name]
    Draft202012Validator.check_schema(schema)

    unexplained = [field for field, inner in schema.get("properties", {}).items() if not _is_explained(inner)]
    assert unexplained == []
    if "example" in schema:
        assert faults({"$ref": f"#/components/schemas/{name}"}, schema["example"]) == []


@pytest.mark.parametrize("name", document()["components"]["schemas"])
def test_a_component_is_not_named_like_one_of_its_fields(name: str) -> None:
    # openapi-python-client makes the same variable of both, and its client returns the one for the other.
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()

    assert snake not in document()["components"]["schemas"][name].get("properties", {})


def _is_explained(field: dict[str, Any]) -> bool:
    return bool(field.get("description") or ("$ref" in field and resolve(field).get("description")))


@pytest.mark.parametrize("callback", webhooks(), ids=str)
def test_a_callback_says_what_it_holds_and_what_answers_mean(callback: Operation) -> None:
    content = callback.request_contents["application/json"]

    assert callback.spec["summary"] and examples(content)
    assert [fault for value in examples(content) for fault in faults(content["schema"], value)] == []
    assert all(response["description"] for response in callback.spec["responses"].values())
    assert all(parameter["description"] for parameter in callback.parameters)


@pytest.mark.parametrize("callback", [one for one in webhooks() if is_of_provider(one)], ids=str)
def test_a_callback_of_a_provider_says_that_nobody_else_need_know_it(callback: Operation) -> None:
    assert "need not implement" in callback.spec["description"]
    assert [parameter["name"] for parameter in callback.parameters] == ["X-Webhook-Secret"]
    assert callback.spec["responses"].keys() == {"204", "400", "403", "411", "413", "503"}


@pytest.mark.parametrize("callback", [one for one in webhooks() if not is_of_provider(one)], ids=str)
def test_an_event_says_how_it_is_signed_and_at_each_level_what_it_tells(callback: Operation) -> None:
    names = ["webhook-id", "webhook-timestamp", "webhook-signature", "webhook-attempt"]
    assert [parameter["name"] for parameter in callback.parameters] == names
    assert callback.spec["responses"].keys() == {"2XX", "3XX", "410", "429", "503", "default"}
    shown = callback.request_contents["application/json"]["examples"]
    assert {level: body["value"]["payload"] for level, body in shown.items()} == {
        level: level for level in ("ids", "summary", "full")
    }


def test_every_type_of_event_is_among_the_callbacks() -> None:
    events = {one.path for one in webhooks() if not is_of_provider(one)}

    assert events == {kind.name for kind in EVENT_TYPES}
