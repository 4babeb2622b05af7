"""What schema.yml says of an operation, and whether an answer is one of those that it names."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any
from urllib.parse import unquote

import yaml
from django import urls
from django.conf import settings
from jsonschema import Draft202012Validator

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
METHODS = ("get", "put", "post", "patch", "delete")
# A document of ten hours of speech takes longer to check than to make.
LARGEST_CHECKED = 1_000_000
# What any answer of any service may have; the API's description says nothing about them.
COMMON_HEADERS = {
    "allow",
    "cache-control",
    "connection",
    "content-disposition",
    "content-length",
    "content-security-policy",
    "content-type",
    "cross-origin-opener-policy",
    "date",
    "referrer-policy",
    "server",
    "set-cookie",
    "strict-transport-security",
    "vary",
    "x-content-type-options",
    "x-frame-options",
}
# Only where a browser asks from a page of another origin.
CORS_PREFIX = "access-control-"


@cache
def document() -> dict[str, Any]:
    """Return schema.yml."""
    # The loader in C, where there is one, is ten times as quick.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    read: dict[str, Any] = yaml.load((settings.BASE_DIR / "schema.yml").read_text(), loader)
    return read


def resolve(thing: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference leads to, or the thing itself."""
    if "$ref" not in thing:
        return thing
    found: Any = document()
    for name in thing["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return resolve(found)


@dataclass(frozen=True)
class Operation:
    """One operation, with its references followed."""

    method: str
    path: str
    spec: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @cached_property
    def responses(self) -> dict[str, dict[str, Any]]:
        return {status: resolve(response) for status, response in self.spec["responses"].items()}

    @property
    def parameters(self) -> list[dict[str, Any]]:
        return [resolve(parameter) for parameter in self.spec.get("parameters", ())]

    @property
    def request_contents(self) -> dict[str, dict[str, Any]]:
        contents: dict[str, dict[str, Any]] = resolve(self.spec.get("requestBody", {})).get("content", {})
        return contents


@cache
def operations() -> list[Operation]:
    return list(_operations(document()["paths"]))


def webhooks() -> list[Operation]:
    return list(_operations(document()["webhooks"]))


def _operations(paths: Mapping[str, Any]) -> Iterator[Operation]:
    for path, item in paths.items():
        yield from (Operation(method, path, item[method]) for method in METHODS if method in item)


def find_operation(method: str, address: str) -> Operation | None:
    """Return the operation that answers a method at an address, where there is one."""
    try:
        route = urls.resolve(unquote(address)).route
    except urls.Resolver404:
        return None
    path = "/" + PARAMETER.sub(r"{\1}", route)
    return next((found for found in operations() if (found.method, found.path) == (method.lower(), path)), None)


def faults(schema: dict[str, Any], value: Any) -> list[str]:
    """Return what is wrong with a value under a schema of the document."""
    validator = _validator(json.dumps(schema))
    return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(value)]


@cache
def _validator(schema: str) -> Draft202012Validator:
    # References lead from the root, so the components go along.
    whole = {**json.loads(schema), "components": document()["components"]}
    return Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)


def examples(content: dict[str, Any]) -> list[Any]:
    """Return the examples of a media type."""
    values = [example["value"] for example in content.get("examples", {}).values()]
    return [*values, *([content["example"]] if "example" in content else [])]


def undescribed(operation: Operation, status: int, headers: Mapping[str, str], body: bytes) -> list[str]:
    """Return in what an answer is not what the document says, and nothing when it is."""
    response = operation.responses.get(str(status))
    if response is None:
        return [f"status {status} is not described"]
    found = [*_undescribed_headers(response, headers)]
    media_type = headers.get("Content-Type", "").partition(";")[0]
    contents = response.get("content", {})
    content = contents.get(media_type) or contents.get(f"{media_type.partition('/')[0]}/*")
    if content is None:
        return found + ([f"Content-Type {media_type} is not described"] if body or contents else [])
    # A streamed body is not looked into, and the answer to a HEAD has none.
    if media_type.endswith("json") and 0 < len(body) <= LARGEST_CHECKED:
        found += faults(content["schema"], json.loads(body))
    return found


def _undescribed_headers(response: dict[str, Any], headers: Mapping[str, str]) -> Iterator[str]:
    described = {name.lower() for name in response.get("headers", {})}
    for name in headers:
        if name.lower() not in described | COMMON_HEADERS and not name.lower().startswith(CORS_PREFIX):
            yield f"header {name} is not described"
