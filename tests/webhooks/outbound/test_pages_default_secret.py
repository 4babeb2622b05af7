"""The page of the secret that signs what goes to a `webhook_url`."""

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories import make_user
from tests.webhooks.outbound.pages import PAGE, sign_in, text
from webhooks.models import Endpoint, SigningSecret
from webhooks.outbound.pages.new_secrets import COOKIE
from webhooks.outbound.secrets import signing_secrets

pytestmark = pytest.mark.django_db

DEFAULT = f"{PAGE}default-secret/"


@pytest.fixture
def ada(client: Client) -> Client:
    return sign_in(client)


def signing() -> list[str]:
    return signing_secrets(Endpoint(kind="origin", owner=make_user()), now=timezone.now())


def test_whoever_is_not_signed_in_is_sent_to_sign_in(client: Client) -> None:
    assert client.get(DEFAULT)["Location"] == f"/sign-in/?next={DEFAULT}"
    assert client.post(DEFAULT)["Location"].startswith("/sign-in/")
    assert not SigningSecret.objects.exists()


def test_making_it_needs_the_forms_token() -> None:
    assert sign_in(Client(enforce_csrf_checks=True)).post(DEFAULT).status_code == 403
    assert not SigningSecret.objects.exists()


def test_it_is_made_and_shown_once(ada: Client) -> None:
    assert "There is none yet." in text(ada.get(PAGE)) and "There is none yet." in text(ada.get(DEFAULT))
    assert not SigningSecret.objects.exists()
    page = ada.post(DEFAULT, follow=True)

    assert signing()[0] in text(page) and "no-store" in page["Cache-Control"]
    assert "whsec_" not in text(ada.get(DEFAULT))
    assert "There is one, made" in text(ada.get(PAGE))


def test_a_new_one_is_shown_once_and_the_one_before_signs_beside_it(ada: Client) -> None:
    ada.post(DEFAULT, follow=True)
    assert "The old one signs beside it for 24 hours" in text(ada.get(DEFAULT))
    page = text(ada.post(DEFAULT, follow=True))

    current, old = signing()
    assert current in page and old not in page and "the one before signs beside it until" in page
    assert "and made anew" in text(ada.get(PAGE))


def test_its_cookie_is_for_its_page_alone(ada: Client) -> None:
    ada.post(DEFAULT)
    cookie = ada.cookies[COOKIE]

    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (DEFAULT, True, "Strict")


@pytest.mark.parametrize("planted", ["whsec_planted", "<b>", "é"])
def test_what_is_not_the_secret_is_not_shown(ada: Client, planted: str) -> None:
    for _ in range(2):
        ada.cookies[COOKIE] = planted
        assert "Copy it now" not in text(ada.get(DEFAULT))
        signing()


def test_one_that_cannot_be_read_is_not_shown_and_is_replaced(ada: Client) -> None:
    SigningSecret.objects.create(owner=make_user(), sealed="sealed under a lost key", created_at=timezone.now())
    ada.cookies[COOKIE] = "whsec_planted"

    assert ada.get(DEFAULT).status_code == 200
    assert text(ada.post(DEFAULT, follow=True)).count(signing()[0]) == 1
