"""What an operation that is to go says, with a view of the test's own: none of the service's is deprecated yet."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from api_project.rest.deprecation import Deprecation
from api_project.rest.exceptions import Conflict
from api_project.rest.views import RestView

SINCE = datetime(2026, 11, 22, 12, tzinfo=UTC)
SUNSET = datetime(2027, 11, 22, 12, tzinfo=UTC)
WHOLE = Deprecation(SINCE, SUNSET, "/api/v2/things/{thing_id}/", "https://example.com/moving")


class ThingView(RestView[User]):
    authentication_classes = []
    permission_classes = [AllowAny]
    deprecated = {"GET": WHOLE, "POST": Deprecation(SINCE)}

    @extend_schema(operation_id="get_thing", description="A thing.", responses={200: OpenApiTypes.STR})
    def get(self, request: Request, thing_id: int) -> Response:
        if thing_id == 9:
            raise Conflict
        if thing_id == 8:
            raise ZeroDivisionError
        return Response("a thing", headers={"Link": "</next>; rel=next"} if thing_id == 2 else None)

    @extend_schema(operation_id="do_thing", request=None, responses={204: None})
    def post(self, request: Request, thing_id: int) -> Response:
        return Response(status=204)

    @extend_schema(operation_id="delete_thing", description="Gone.", responses={204: None})
    def delete(self, request: Request, thing_id: int) -> Response:
        return Response(status=204)


urlpatterns = [path("api/v1/things/<int:thing_id>/", ThingView.as_view())]
pytestmark = pytest.mark.urls(__name__)


@pytest.mark.parametrize("method", ["get", "head"])
def test_every_answer_says_since_when_until_when_and_what_instead(method: str) -> None:
    response = getattr(Client(), method)("/api/v1/things/7/")

    assert response["Deprecation"] == "@1795348800"
    assert response["Sunset"] == "Mon, 22 Nov 2027 12:00:00 GMT"
    assert response["Link"] == (
        '</api/v2/things/7/>; rel="successor-version", '
        '<https://example.com/moving>; rel="deprecation"; type="text/html"'
    )


@pytest.mark.parametrize(("address", "status"), [("9/", 409), ("7/?surprise=1", 400)])
def test_errors_say_it_too(address: str, status: int) -> None:
    response = Client().get(f"/api/v1/things/{address}")

    assert (response.status_code, response["Deprecation"]) == (status, "@1795348800")


def test_a_bug_of_ours_says_it_too() -> None:
    response = Client(raise_request_exception=False).get("/api/v1/things/8/")

    assert (response.status_code, response["Deprecation"]) == (500, "@1795348800")
    assert (response["Link"].count("rel="), response["Sunset"]) == (2, "Mon, 22 Nov 2027 12:00:00 GMT")


def test_other_links_stay() -> None:
    assert Client().get("/api/v1/things/2/")["Link"].startswith('</next>; rel=next, </api/v2/things/2/>; rel="succ')


def test_what_is_not_known_is_not_said() -> None:
    response = Client().post("/api/v1/things/7/")

    assert response["Deprecation"] == "@1795348800"
    assert not {"Sunset", "Link"} & set(response.headers)


def test_other_operations_of_the_view_say_nothing() -> None:
    assert "Deprecation" not in Client().delete("/api/v1/things/7/")


def test_the_description_says_it() -> None:
    with patched_settings({"POSTPROCESSING_HOOKS": []}):
        generator: Any = SchemaGenerator(patterns=urlpatterns)  # type: ignore[no-untyped-call]
        operations = generator.get_schema(public=True)["paths"]["/api/v1/things/{thing_id}/"]

    assert [operations[method].get("deprecated", False) for method in ("get", "post", "delete")] == [True, True, False]
    assert operations["get"]["description"] == (
        "**Deprecated since 2026-11-22. It is answered until 2027-11-22. Use `/api/v2/things/{thing_id}/` instead. "
        "[Why, and how to move](https://example.com/moving)**\n\nA thing."
    )
    assert set(operations["get"]["responses"]["200"]["headers"]) == {"Deprecation", "Sunset", "Link"}
    assert set(operations["post"]["responses"]["204"]["headers"]) == {"Deprecation"}
    assert operations["delete"]["description"] == "Gone."


@pytest.mark.parametrize(
    ("since", "sunset"),
    [(datetime(2026, 1, 1), None), (SINCE, datetime(2027, 1, 1)), (SINCE, SINCE), (SINCE, SINCE - timedelta(days=1))],
)
def test_times_that_make_no_sense_are_refused(since: datetime, sunset: datetime | None) -> None:
    with pytest.raises(ValueError):
        Deprecation(since, sunset)
