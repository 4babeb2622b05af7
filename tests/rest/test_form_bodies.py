from contextlib import ExitStack
from io import BytesIO

import pytest
from django.http import HttpResponse
from django.test import Client

from api_project.rest.body_places import MAX_THREADS, PLACES
from api_project.rest.form_bodies import MAX_FORM_BYTES, OWNER

pytestmark = pytest.mark.django_db


def sign_in(body: BytesIO, length: int) -> HttpResponse:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/sign-in/", **{"wsgi.input": body, "CONTENT_LENGTH": str(length)})  # type: ignore[arg-type]
    assert isinstance(response, HttpResponse)
    return response


def test_a_strangers_form_is_read_in_a_place_of_its_own() -> None:
    with ExitStack() as others:
        for _ in range(MAX_THREADS // 2):
            others.enter_context(PLACES.hold(OWNER, is_upload=False))
        body = BytesIO(b"username=ada")
        response = sign_in(body, 12)
        assert (response.status_code, response["Retry-After"]) == (503, "5")
        assert body.tell() == 0, "whoever has no place is not listened to"
    assert sign_in(BytesIO(b"username=ada"), 12).status_code == 403  # without a CSRF token


def test_forms_leave_places_for_uploads() -> None:
    with ExitStack() as others:
        for _ in range(MAX_THREADS // 2):
            others.enter_context(PLACES.hold(OWNER, is_upload=False))
        before = PLACES.count()
        others.enter_context(PLACES.hold("ada"))
        assert PLACES.count() == before + 1


def test_a_form_that_is_too_large_is_not_read() -> None:
    body = BytesIO(b"x" * (MAX_FORM_BYTES + 1))
    assert sign_in(body, MAX_FORM_BYTES + 1).status_code == 413
    assert body.tell() == 0
