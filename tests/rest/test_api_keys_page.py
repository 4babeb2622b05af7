"""The page of API keys, as forms and pages; how it looks and feels is in tests/browser."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from api_project.rest.api_keys import services
from api_project.rest.api_keys.pages import NEW_KEY_COOKIE
from api_project.rest.api_keys.selectors import api_key_find
from api_project.rest.api_keys.services import api_key_create, api_key_revoke
from api_project.rest.models import ApiKey
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PAGE = "/api-keys/"
NEW = {"name": "import", "scope": "read", "days": "30"}


@pytest.fixture
def ada(client: Client) -> Client:
    client.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def made_key(client: Client) -> str:
    return client.cookies[NEW_KEY_COOKIE].value


def test_whoever_is_not_signed_in_is_sent_to_sign_in(client: Client) -> None:
    key = api_key_create(user=make_user(), name="k", scope="read")[0]
    for path in (PAGE, f"{PAGE}{key.pk}/revoke/"):
        assert client.get(path)["Location"] == f"/sign-in/?next={path}"
        assert client.post(path)["Location"].startswith("/sign-in/")
    key.refresh_from_db()
    assert (key.revoked_at, ApiKey.objects.count()) == (None, 1)


def test_a_key_is_made_and_shown_once(ada: Client) -> None:
    response = ada.post(PAGE, NEW)
    key = made_key(ada)
    assert (response.status_code, response["Location"]) == (302, PAGE)
    row = api_key_find(key=key)
    assert row is not None and row.expires_at is not None
    assert (row.name, row.scope, row.user.username) == ("import", "read", "ada")
    assert timedelta(days=29) < row.expires_at - timezone.now() <= timedelta(days=30)

    first, second = ada.get(PAGE), ada.get(PAGE)
    assert key in first.content.decode() and "no-store" in first["Cache-Control"]
    assert key not in second.content.decode()


def test_the_cookie_of_a_new_key_is_kept_from_scripts_other_pages_and_other_sites(ada: Client) -> None:
    ada.post(PAGE, NEW)
    cookie = ada.cookies[NEW_KEY_COOKIE]

    assert (cookie["httponly"], cookie["path"], cookie["samesite"]) == (True, PAGE, "Strict")
    assert 0 < int(cookie["max-age"]) <= 60


@pytest.mark.parametrize("planted", ["stt_planted", "<b>", "grace's"])
def test_what_is_no_key_of_hers_is_not_shown(ada: Client, planted: str) -> None:
    if planted == "grace's":
        planted = api_key_create(user=make_user("grace"), name="k", scope="read")[1]
    ada.cookies[NEW_KEY_COOKIE] = planted

    assert planted not in ada.get(PAGE).content.decode()


@pytest.mark.parametrize(
    "fields", [{"name": ""}, {"name": "x" * 101}, {"name": "a\0b"}, {"scope": "admin"}, {"days": "31"}]
)
def test_what_is_wrong_is_said_on_the_page(ada: Client, fields: dict[str, Any]) -> None:
    response = ada.post(PAGE, NEW | fields)

    assert (response.status_code, 'role="alert"' in response.content.decode()) == (400, True)
    assert not ApiKey.objects.exists()


def test_a_key_may_be_good_for_ever(ada: Client) -> None:
    ada.post(PAGE, NEW | {"days": ""})

    assert ApiKey.objects.get().expires_at is None


def test_too_many_keys_are_said_on_the_page(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MAX_ACTIVE_KEYS", 1)
    ada.post(PAGE, NEW)
    response = ada.post(PAGE, NEW)

    assert (response.status_code, ApiKey.objects.count()) == (409, 1)
    assert "revoke one first" in response.content.decode()


def test_too_many_keys_within_a_day_are_said_on_the_page(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MAX_MADE", 1)
    ada.post(PAGE, NEW)
    api_key_revoke(api_key=ApiKey.objects.get())
    response = ada.post(PAGE, NEW)

    assert (response.status_code, ApiKey.objects.count()) == (429, 1)
    assert "were made within a day" in response.content.decode()


def test_the_list_has_ones_own_keys_and_says_how_each_is(ada: Client) -> None:
    api_key_create(user=make_user("grace"), name="of grace", scope="read")
    api_key_create(user=make_user(), name="<i>laptop</i>", scope="write")
    api_key_revoke(api_key=api_key_create(user=make_user(), name="old one", scope="read")[0])
    page = ada.get(PAGE).content.decode()

    assert "of grace" not in page
    assert "&lt;i&gt;laptop&lt;/i&gt;" in page and "<i>laptop" not in page
    assert "Read and write" in page and "Never used" in page and "Does not expire" in page
    assert "Expired and revoked keys" in page and "Revoked" in page


def test_a_key_is_revoked_after_a_question(ada: Client) -> None:
    key = api_key_create(user=make_user(), name="old", scope="read")[0]
    address = f"{PAGE}{key.pk}/revoke/"
    assert "Revoke “<bdi>old</bdi>”?" in ada.get(address).content.decode()
    key.refresh_from_db()
    assert key.revoked_at is None

    response = ada.post(address, follow=True)
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert "“<bdi>old</bdi>” is revoked." in response.content.decode()


def test_anothers_key_is_not_there(ada: Client) -> None:
    key = api_key_create(user=make_user("grace"), name="k", scope="read")[0]

    assert [ask(f"{PAGE}{key.pk}/revoke/").status_code for ask in (ada.get, ada.post)] == [404, 404]
    key.refresh_from_db()
    assert key.revoked_at is None


def test_forms_need_their_token() -> None:
    ada = Client(enforce_csrf_checks=True)
    ada.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")
    key = api_key_create(user=make_user(), name="k", scope="read")[0]

    assert [ada.post(path, NEW).status_code for path in (PAGE, f"{PAGE}{key.pk}/revoke/")] == [403, 403]
    assert ApiKey.objects.filter(revoked_at=None).count() == 1
