"""Who may ask: keys and sessions, and what is said to whoever has neither."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from api_project.rest.api_keys.services import api_key_create, api_key_revoke
from api_project.rest.models import ApiKey
from tests.api import TRANSCRIPTS, WAV, api_client, nothing_is_kept, post_bare, post_json
from tests.factories import make_transcript, make_user

pytestmark = pytest.mark.django_db


def bearer(text: str) -> Client:
    return Client(headers={"Authorization": text})


def detail_of_401(client: Client) -> str:
    response = client.get(TRANSCRIPTS)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    assert response["Content-Type"] == "application/problem+json"
    return str(response.json()["detail"])


def test_a_key_opens_the_door() -> None:
    assert api_client().get(TRANSCRIPTS).status_code == 200


def test_using_a_key_is_noted() -> None:
    api_client().get(TRANSCRIPTS)

    assert ApiKey.objects.get().last_used_at is not None


def test_the_scheme_may_be_written_in_any_case() -> None:
    _, key = api_key_create(user=make_user(), name="k", scope="read")

    assert bearer(f"bearer {key}").get(TRANSCRIPTS).status_code == 200


def test_no_key_is_told_how_to_send_one() -> None:
    assert "Authorization: Bearer" in detail_of_401(Client())


@pytest.mark.parametrize("text", ["Bearer nonsense", "Bearer \xe4\xf6", "Bearer a b c", "Bearer " + "x" * 5000])
def test_an_unknown_key_is_refused(text: str) -> None:
    assert detail_of_401(bearer(text)) == "The API key is unknown."


def test_an_empty_key_is_refused() -> None:
    assert "no key" in detail_of_401(bearer("Bearer "))


def test_a_prefix_or_the_hash_of_a_key_is_no_key() -> None:
    row, key = api_key_create(user=make_user(), name="k", scope="read")

    for text in (key[:-1], row.prefix, row.key_hash):
        assert detail_of_401(bearer(f"Bearer {text}")) == "The API key is unknown."


def test_another_scheme_is_no_key() -> None:
    assert "Authorization: Bearer" in detail_of_401(bearer("Basic YWRhOnB3"))


def test_an_expired_key_is_refused() -> None:
    row, key = api_key_create(user=make_user(), name="k", scope="read", expires_in=timedelta(days=1))
    long_ago = timezone.now() - timedelta(days=9)
    ApiKey.objects.filter(pk=row.pk).update(created_at=long_ago, expires_at=long_ago + timedelta(days=1))

    assert detail_of_401(bearer(f"Bearer {key}")) == "The API key has expired."


def test_a_revoked_key_is_refused() -> None:
    row, key = api_key_create(user=make_user(), name="k", scope="read")
    api_key_revoke(api_key=row)

    assert detail_of_401(bearer(f"Bearer {key}")) == "The API key was revoked."


def test_the_key_of_a_deactivated_user_is_refused() -> None:
    user = make_user()
    _, key = api_key_create(user=user, name="k", scope="read")
    user.is_active = False
    user.save()

    assert detail_of_401(bearer(f"Bearer {key}")) == "The user of this API key is deactivated."


def test_a_refused_key_is_not_replaced_by_a_session() -> None:
    client = bearer("Bearer nonsense")
    client.force_login(make_user())

    assert detail_of_401(client) == "The API key is unknown."


def test_a_session_reads() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())

    assert client.get(TRANSCRIPTS).status_code == 200


def test_a_session_does_not_write_without_a_csrf_token() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())

    with nothing_is_kept():
        response = post_bare(client, WAV)
    assert response.status_code == 403
    assert "CSRF" in response.json()["detail"]


def test_a_session_writes_with_a_csrf_token() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())
    token = client.get("/sign-in/").cookies["speech_csrf"].value

    response = client.post(
        TRANSCRIPTS,
        {"audio_url": "https://example.com/a.mp3"},
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )
    assert response.status_code == 202


def test_looking_for_the_csrf_token_reads_no_body() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())

    class Untouchable:
        def read(self, size: int = -1) -> bytes:
            raise AssertionError("The body was read.")

        readline = read

    unread: dict[str, Any] = {"wsgi.input": Untouchable(), "CONTENT_LENGTH": "100"}
    response = client.post(TRANSCRIPTS, data=b"x" * 100, content_type="audio/wav", **unread)
    assert response.status_code == 403


def test_a_read_key_reads_and_does_not_write() -> None:
    transcript = make_transcript()
    client = api_client(scope="read")

    assert client.get(f"{TRANSCRIPTS}{transcript.pk}/").status_code == 200
    response = client.delete(f"{TRANSCRIPTS}{transcript.pk}/")
    assert response.status_code == 403
    assert "may only read" in response.json()["detail"]


def test_a_key_needs_no_csrf_token() -> None:
    client = api_client(enforce_csrf_checks=True)

    assert post_json(client, {"audio_url": "https://example.com/a.mp3"}).status_code == 202
