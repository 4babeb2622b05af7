"""The committed schema is what the code says, and it says what clients need."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.test import Client

SCHEMA = settings.BASE_DIR / "schema.yml"
METHODS = {"get", "put", "post", "patch", "delete"}


@pytest.fixture(scope="module")
def schema() -> Any:
    return yaml.safe_load(SCHEMA.read_text())


def operations(schema: Any) -> list[Any]:
    return [operation for item in schema["paths"].values() for method, operation in item.items() if method in METHODS]


def test_the_committed_schema_is_the_generated_one(tmp_path: Path) -> None:
    generated = tmp_path / "schema.yml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(generated))

    assert generated.read_text() == SCHEMA.read_text(), "run `make schema`"


def test_it_is_openapi_3_1_without_words_of_3_0(schema: Any) -> None:
    assert schema["openapi"].startswith("3.1.")
    assert "nullable:" not in SCHEMA.read_text()


def test_it_is_served_to_everybody(schema: Any) -> None:
    response = Client().get("/api/schema/")

    assert response.status_code == 200
    assert response.json()["paths"].keys() == schema["paths"].keys()


def test_every_operation_has_a_name_a_summary_a_tag_and_both_ways_to_sign_in(schema: Any) -> None:
    for operation in operations(schema):
        assert operation["summary"] and operation["description"] and operation["tags"]
        assert operation["security"] == [{"bearer": []}, {"session": []}]
    names = [operation["operationId"] for operation in operations(schema)]
    assert len(set(names)) == len(names)


def test_every_answer_has_an_example(schema: Any) -> None:
    for operation in operations(schema):
        for response in operation["responses"].values():
            for content in response.get("content", {}).values():
                assert "example" in content or content["examples"], operation["operationId"]


def test_every_error_is_a_problem_that_is_described_once(schema: Any) -> None:
    described = schema["components"]["responses"]
    for operation in operations(schema):
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert response == {"$ref": f"#/components/responses/Problem{status}"}
                assert list(described[f"Problem{status}"]["content"]) == ["application/problem+json"]


@pytest.mark.parametrize("status", ["400", "401", "500", "503"])
def test_what_can_always_happen_is_always_said(schema: Any, status: str) -> None:
    assert all(status in operation["responses"] for operation in operations(schema))
