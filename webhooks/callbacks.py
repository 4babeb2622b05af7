"""Requests that come unasked, as the API's description tells of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TAG = "callbacks"
_JSON = "application/json"


@dataclass(frozen=True)
class Callback:
    """A request that comes unasked: who sends it, what it tells, and what each answer to it means.

    Attributes:
        component: the name of its schema.
        parts: further schemas, by their names, that this one refers to.
    """

    name: str
    summary: str
    description: str
    component: str
    schema: Mapping[str, Any]
    examples: Mapping[str, Mapping[str, Any]]
    headers: tuple[Mapping[str, Any], ...]
    answers: Mapping[str, str]
    parts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def schemas(self) -> dict[str, dict[str, Any]]:
        """Return all schemas that come with it, by their names."""
        return {name: dict(schema) for name, schema in {self.component: self.schema, **self.parts}.items()}

    def operation(self) -> dict[str, Any]:
        """Return it as an operation of OpenAPI."""
        schema = {"$ref": f"#/components/schemas/{self.component}"}
        examples = {name: {"value": dict(value)} for name, value in self.examples.items()}
        return {
            "operationId": self.name.replace(".", "_"),
            "summary": self.summary,
            "description": self.description,
            "tags": [TAG],
            # The headers below are all there is to it.
            "security": [],
            "parameters": [{"in": "header", **header} for header in self.headers],
            "requestBody": {"required": True, "content": {_JSON: {"schema": schema, "examples": examples}}},
            "responses": {status: {"description": meaning} for status, meaning in self.answers.items()},
        }
