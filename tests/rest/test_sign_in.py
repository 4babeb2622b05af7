"""Signing in by a one-time link."""

from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from api_project.rest.sign_in import sign_in_link
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def path_of(link: str) -> str:
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"


def test_the_link_signs_in_and_leads_to_the_page() -> None:
    link = sign_in_link(make_user(), "http://127.0.0.1:8000")

    assert link.startswith("http://127.0.0.1:8000/sign-in/link/?")
    client = Client()
    response = client.get(path_of(link))
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(make_user().pk)


def test_the_link_works_once() -> None:
    link = path_of(sign_in_link(make_user(), "http://testserver"))

    Client().get(link)
    response = Client().get(link)
    assert response.status_code == 403
    assert b"not valid any more" in response.content


def test_an_old_link_does_not_work(settings: Settings) -> None:
    link = path_of(sign_in_link(make_user(), "http://testserver"))

    settings.SESAME_MAX_AGE = -1
    assert Client().get(link).status_code == 403


def test_a_look_by_head_does_not_use_the_link_up() -> None:
    link = path_of(sign_in_link(make_user(), "http://testserver"))

    assert Client().head(link).status_code == 405
    assert Client().get(link).status_code == 302


def test_the_link_stays_out_of_caches_and_referrers() -> None:
    response = Client().get(path_of(sign_in_link(make_user(), "http://testserver")))

    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"


def test_the_link_leads_to_no_other_site() -> None:
    link = path_of(sign_in_link(make_user(), "http://testserver"))

    assert Client().get(f"{link}&next=https://evil.example/")["Location"] == "/"


@pytest.mark.parametrize("query", ["", "?sesame=", "?sesame=nonsense"])
def test_a_made_up_link_does_not_work(query: str) -> None:
    assert Client().get(f"/sign-in/link/{query}").status_code == 403


def test_a_token_counts_at_no_other_address() -> None:
    link = sign_in_link(make_user(), "http://testserver")

    assert Client().get(f"/api/v1/transcripts/?{urlsplit(link).query}").status_code == 401


def test_the_command_prints_a_link(capsys: pytest.CaptureFixture[str]) -> None:
    make_user()
    call_command("sign_in_link", "ada", "--base-url", "https://speech.example.com")

    assert capsys.readouterr().out.startswith("https://speech.example.com/sign-in/link/?sesame=")


def test_the_command_says_that_there_is_no_such_user() -> None:
    with pytest.raises(CommandError, match="no active user 'nobody'"):
        call_command("sign_in_link", "nobody")


def test_a_used_link_leads_whoever_is_signed_in_to_the_page() -> None:
    link = path_of(sign_in_link(make_user(), "http://testserver"))
    client = Client()

    client.get(link)
    response = client.get(link)
    assert (response.status_code, response["Location"]) == (302, "/")


def test_the_command_prints_the_address_that_people_reach(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    make_user()
    settings.BASE_URL = "http://192.0.2.7:8001"
    call_command("sign_in_link", "ada")

    assert capsys.readouterr().out.startswith("http://192.0.2.7:8001/sign-in/link/?sesame=")
