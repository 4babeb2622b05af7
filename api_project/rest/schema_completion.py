"""What every operation's description has alike, so that whoever adds one need not think of it."""

from collections.abc import Iterator
from typing import Any

from api_project.rest.request_ids import HEADER
from api_project.rest.throttling import schema as throttling

REQUEST_ID = "RequestId"
ID_SUFFIX = "_id"
# How drf-spectacular ends the names of what clients send.
REQUEST_SUFFIX = "Request"
# And how it begins those of lists.
PAGE_PREFIX = "Paginated"

_REQUEST_ID_HEADER = {
    "description": "Names this request in the log of the service: what was sent under this name, or a new id.",
    "schema": {"type": "string"},
    "example": "0193fe2a-7c1e-7b52-a3f0-5d2d8a4c9e10",
}
# By the name of the header: the name of its component, and what that says.
_HEADERS = {HEADER: (REQUEST_ID, _REQUEST_ID_HEADER), **throttling.HEADERS}
_EXAMPLE_ID = "0193fe2a-6b70-7d1c-9c55-3f1f6f0a2b44"


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Say what headers every answer has, that unknown fields are refused, and what the ids in paths are."""
    components = result["components"]
    components.setdefault("headers", {}).update(dict(_HEADERS.values()))
    references = {name: {"$ref": f"#/components/headers/{component}"} for name, (component, _) in _HEADERS.items()}
    for response in _responses(result):
        response["headers"] = dict(sorted({**response.get("headers", {}), **references}.items()))
    _refuse_unknown_fields(components["schemas"])
    _describe_pages(components["schemas"])
    for operation in _operations(result):
        if "requestBody" in operation:
            operation["requestBody"]["required"] = True
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "path" and parameter["name"].endswith(ID_SUFFIX):
                _describe_id(parameter)
    return result


def _refuse_unknown_fields(schemas: dict[str, Any]) -> None:
    for name, schema in schemas.items():
        if name.endswith(REQUEST_SUFFIX) and "properties" in schema:
            schema["additionalProperties"] = False


def _describe_pages(schemas: dict[str, Any]) -> None:
    for name, schema in schemas.items():
        if name.startswith(PAGE_PREFIX):
            schema["description"] = "A page of a list."
            schema["properties"]["results"]["description"] = "What is on this page."


def _operations(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in result["paths"].values():
        yield from (operation for operation in item.values() if "responses" in operation)


def _responses(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from result["components"].get("responses", {}).values()
    for operation in _operations(result):
        yield from (response for response in operation["responses"].values() if "$ref" not in response)


def _describe_id(parameter: dict[str, Any]) -> None:
    thing = parameter["name"].removesuffix(ID_SUFFIX).replace("_", " ")
    parameter.setdefault("description", f"The id of the {thing}.")
    if parameter["schema"].get("format") == "uuid":
        # Not an example of the parameter: Swagger UI would fill it in, and nothing would be found under it.
        parameter["schema"].setdefault("examples", [_EXAMPLE_ID])
