"""Nobody reaches what is not theirs: every operation of the schema is asked by those who may not use it.

A new operation is found by itself. One with a parameter that is not known here fails until the table below says how to
make what the parameter names; one that cannot be asked like the others is listed with the reason.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from api_project.rest.api_keys.services import api_key_create
from tests.api import api_client, fields_at_fault
from tests.described import document
from tests.factories import make_transcript, make_user
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.told import make_event
from webhooks.models import Delivery, Endpoint

pytestmark = pytest.mark.django_db

OWNER = "ada"
# How to make what a path parameter names, for the owner; returns the parameter's value.
MAKE: dict[str, Callable[[], Any]] = {
    "transcript_id": lambda: make_transcript(options={"redact_pii_audio": True}).pk,
    "key_id": lambda: api_key_create(user=make_user(OWNER), name="k", scope="read")[0].pk,
    "endpoint_id": lambda: make_endpoint(OWNER).pk,
    "event_id": lambda: make_event(OWNER).pk,
    "delivery_id": lambda: _to(make_endpoint(OWNER)).pk,
}


def _to(endpoint: Endpoint) -> Delivery:
    return make_event(OWNER).deliveries.get(endpoint=endpoint)


# "METHOD path" → why it is not asked here.
LEFT_OUT: dict[str, str] = {}
METHODS = ("get", "post", "put", "patch", "delete")
API = "api/v1/"

PATHS: dict[str, dict[str, Any]] = document()["paths"]
OPERATIONS = [
    (method, path)
    for path, item in PATHS.items()
    for method in METHODS
    if method in item and f"{method.upper()} {path}" not in LEFT_OUT
]
OF_ONE_OBJECT = [(method, path) for method, path in OPERATIONS if "{" in path]
WRITING = [(method, path) for method, path in OPERATIONS if method != "get"]
FOR_EVERYBODY = [(method, path) for method, path in OPERATIONS if "security" not in PATHS[path][method]]


def address(method: str, path: str) -> str:
    names = [p["name"] for p in PATHS[path][method].get("parameters", ()) if p["in"] == "path"]
    return path.format(**{name: MAKE[name]() for name in names})


def ask(client: Client, method: str, path: str, query: str = "", *, body: bytes = b"{}") -> Any:
    target = address(method, path)
    response = client.generic(method.upper(), target, body, content_type="application/json", QUERY_STRING=query)
    if response.streaming:
        # Lets go of the file that nobody is going to read.
        response.close()
    return response


@pytest.mark.parametrize(("method", "path"), OF_ONE_OBJECT)
def test_a_stranger_finds_nothing(method: str, path: str) -> None:
    api_client(OWNER)
    response = ask(api_client("mallory"), method, path)

    assert (response.status_code, response.json()["type"]) == (404, "/api/problems/not-found/")


@pytest.mark.parametrize(("method", "path"), OF_ONE_OBJECT)
def test_the_owner_finds_it(method: str, path: str) -> None:
    assert ask(api_client(OWNER), method, path).status_code not in {401, 403, 404, 405}


@pytest.mark.parametrize(("method", "path"), WRITING)
def test_a_read_key_does_not_write(method: str, path: str) -> None:
    response = ask(api_client(OWNER, scope="read"), method, path)

    assert (response.status_code, response.json()["type"]) == (403, "/api/problems/forbidden/")


def test_only_the_index_is_for_everybody() -> None:
    assert FOR_EVERYBODY == [("get", "/api/v1/")]


@pytest.mark.parametrize("authorization", [None, "Bearer nonsense"])
@pytest.mark.parametrize(("method", "path"), FOR_EVERYBODY)
def test_what_is_for_everybody_is_told_whoever_asks(method: str, path: str, authorization: str | None) -> None:
    client = Client(headers={"Authorization": authorization} if authorization else {})

    assert ask(client, method, path).status_code == 200


@pytest.mark.parametrize(("method", "path"), [one for one in OPERATIONS if one not in FOR_EVERYBODY])
def test_without_a_key_there_is_no_way_in(method: str, path: str) -> None:
    response = ask(Client(), method, path)

    assert (response.status_code, response.json()["type"]) == (401, "/api/problems/not-authenticated/")
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_parameter_that_is_not_in_the_schema_is_refused_by_name(method: str, path: str) -> None:
    response = ask(api_client(OWNER), method, path, "surprise=1")

    assert response.status_code == 400
    assert fields_at_fault(response) == {"surprise": "unknown"}


def test_every_address_of_the_api_stands_in_the_schema() -> None:
    served = {f"/{route}" for route in routes(get_resolver()) if route.startswith(API)}

    assert served == {path.replace("{", "<").replace("}", ">") for path in PATHS}


def routes(resolver: URLResolver, prefix: str = "") -> list[str]:
    """Return every route below a resolver, its parameters without their types."""
    found = []
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += routes(entry, route)
        elif isinstance(entry, URLPattern):
            found.append(route.replace("<id:", "<").replace("<int:", "<").replace("<str:", "<"))
    return found


def test_what_is_left_out_is_there_and_has_a_reason() -> None:
    asked = {f"{method.upper()} {path}" for path, item in PATHS.items() for method in item}

    assert set(LEFT_OUT) <= asked and all(LEFT_OUT.values())
