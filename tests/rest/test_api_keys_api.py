"""API keys over REST: everybody's own, told once, and good for no longer than they should be."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from api_project.rest.api_keys import serializers, services
from api_project.rest.api_keys.services import api_key_create, api_key_revoke
from api_project.rest.models import ApiKey
from tests.api import api_client, fields_at_fault, post_json
from tests.factories import make_user

pytestmark = pytest.mark.django_db

KEYS = "/api/v1/api-keys/"


def client_with(key: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {key}"})


def expiring_client(days: int) -> Client:
    _, key = api_key_create(user=make_user(), name="short", scope="write", expires_in=timedelta(days=days))
    return client_with(key)


def of(key: ApiKey) -> str:
    return f"{KEYS}{key.pk}/"


def make_key(name: str = "k", user: str = "ada", **more: Any) -> ApiKey:
    return api_key_create(user=make_user(user), name=name, **{"scope": "read", **more})[0]


def test_a_key_is_made_and_told_once() -> None:
    client = api_client()
    response = post_json(client, {"name": "import", "scope": "read", "expires_in_days": 7}, KEYS)

    body = response.json()
    assert (response.status_code, response["Cache-Control"]) == (201, "no-store")
    assert response["Location"] == f"http://testserver{KEYS}{body['id']}/"
    key = body.pop("key")
    assert client.get(response["Location"]).json() == body
    assert (body["name"], body["scope"], body["state"]) == ("import", "read", "active")
    assert key.startswith(body["prefix"]) and key not in str(client.get(KEYS).json())
    assert client_with(key).get(KEYS).status_code == 200


def test_without_more_than_a_name_it_writes_and_does_not_expire() -> None:
    body = post_json(api_client(), {"name": "import"}, KEYS).json()

    assert (body["scope"], body["expires_at"], body["last_used_at"], body["revoked_at"]) == ("write", None, None, None)


def test_the_end_may_be_a_moment() -> None:
    end = (timezone.now() + timedelta(hours=2)).replace(microsecond=0)
    body = post_json(api_client(), {"name": "k", "expires_at": end.isoformat()}, KEYS).json()

    assert ApiKey.objects.get(pk=body["id"]).expires_at == end
    assert body["expires_at"].endswith("Z")


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"name": None}, {"name": "null"}),
        ({"name": ""}, {"name": "blank"}),
        ({"name": 7}, {"name": "invalid"}),
        ({"name": "x" * 101}, {"name": "max_length"}),
        ({"scope": "admin"}, {"scope": "invalid_choice"}),
        ({"scope": ["read"]}, {"scope": "invalid_choice"}),
        ({"expires_in_days": 0}, {"expires_in_days": "min_value"}),
        ({"expires_in_days": 36_501}, {"expires_in_days": "max_value"}),
        ({"expires_in_days": True}, {"expires_in_days": "invalid"}),
        ({"expires_in_days": "7"}, {"expires_in_days": "invalid"}),
        ({"expires_at": "2020-01-01T00:00:00Z"}, {"expires_at": "out_of_range"}),
        ({"expires_at": "9999-01-01T00:00:00Z"}, {"expires_at": "out_of_range"}),
        ({"expires_at": "2099-13-01T00:00:00Z"}, {"expires_at": "invalid"}),
        ({"expires_at": "2099-01-01T00:00:00"}, {"expires_at": "invalid"}),
        ({"expires_at": "2099-01-01"}, {"expires_at": "invalid"}),
        ({"expires_at": "2099-01-01 00:00:00Z"}, {"expires_at": "invalid"}),
        ({"expires_at": "2099-01-01T00:00Z"}, {"expires_at": "invalid"}),
        ({"expires_at": "2099-01-01T00:00:00+0100"}, {"expires_at": "invalid"}),
        ({"expires_at": 4070908800}, {"expires_at": "invalid"}),
        ({"expires_at": "0001-01-01T00:00:00+14:00"}, {"expires_at": "overflow"}),
        ({"expires_at": "2050-01-01T00:00:00Z", "expires_in_days": 1}, {"expires_in_days": "conflict"}),
        ({"key": "mine", "user": "grace"}, {"key": "unknown", "user": "unknown"}),
    ],
)
def test_what_is_wrong_is_refused_by_name(fields: dict[str, Any], fault: dict[str, str]) -> None:
    client = api_client()
    response = post_json(client, {"name": "k"} | fields, KEYS)

    assert (response.status_code, fields_at_fault(response)) == (400, fault)
    assert ApiKey.objects.count() == 1


def test_an_end_that_passes_while_the_key_is_made_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    monkeypatch.setattr(serializers, "timezone", SimpleNamespace(now=lambda: now - timedelta(hours=1)))
    response = post_json(api_client(), {"name": "k", "expires_at": now.isoformat()}, KEYS)

    assert (response.status_code, fields_at_fault(response)) == (400, {"expires_at": "out_of_range"})
    assert ApiKey.objects.count() == 1


def test_the_name_is_needed() -> None:
    assert fields_at_fault(post_json(api_client(), {}, KEYS)) == {"name": "required"}


def test_a_read_key_lists_and_makes_none() -> None:
    reader = api_client(scope="read")

    assert [key["scope"] for key in reader.get(KEYS).json()["results"]] == ["read"]
    assert post_json(reader, {"name": "k"}, KEYS).status_code == 403


@pytest.mark.parametrize("end", [{}, {"expires_in_days": 3}, {"expires_in_days": None}])
def test_a_key_makes_none_that_outlives_it(end: dict[str, Any]) -> None:
    response = post_json(expiring_client(days=2), {"name": "k"} | end, KEYS)

    assert (response.status_code, fields_at_fault(response)) == (400, {"expires_at": "outlives"})


def test_a_key_makes_one_of_a_shorter_life() -> None:
    assert post_json(expiring_client(days=2), {"name": "k", "expires_in_days": 1}, KEYS).status_code == 201


def test_nobody_has_more_active_keys_than_can_be_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    client = api_client()
    monkeypatch.setattr(services, "MAX_ACTIVE_KEYS", 2)
    make_key(user="grace")
    first = post_json(client, {"name": "k"}, KEYS).json()

    response = post_json(client, {"name": "k"}, KEYS)
    assert (response.status_code, response.json()["type"]) == (409, "/api/problems/conflict/")
    client.delete(f"{KEYS}{first['id']}/")
    assert post_json(client, {"name": "k"}, KEYS).status_code == 201


def test_making_and_revoking_by_turns_comes_to_an_end_whatever_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    client = api_client()
    monkeypatch.setattr(services, "MAX_MADE", 3)
    for _ in range(2):
        made = post_json(client, {"name": "k"}, KEYS).json()
        client = client_with(made["key"])
        ApiKey.objects.exclude(pk=made["id"]).update(revoked_at=timezone.now())

    response = post_json(client, {"name": "k"}, KEYS)
    assert (response.status_code, response.json()["type"]) == (429, "/api/problems/throttled/")
    assert 86_000 < int(response["Retry-After"]) <= 86_400
    assert post_json(api_client("grace"), {"name": "k"}, KEYS).status_code == 201
    oldest = ApiKey.objects.order_by("pk")[0]
    ApiKey.objects.filter(pk=oldest.pk).update(created_at=timezone.now() - timedelta(days=1))
    assert post_json(client, {"name": "k"}, KEYS).status_code == 201


def test_the_list_is_ones_own_newest_first_in_pages() -> None:
    client = api_client()
    names = [make_key(f"key {number}").name for number in range(3)]
    make_key("not hers", user="grace")

    page = client.get(KEYS, {"limit": 2}).json()
    rest = client.get(page["next"]).json()
    assert [key["name"] for key in page["results"] + rest["results"]] == [*reversed(names), "test"]
    assert rest["next"] is None


def test_the_list_may_be_of_one_state() -> None:
    client = api_client()
    make_key("gone", expires_in=timedelta(days=1))
    ApiKey.objects.filter(name="gone").update(
        created_at=timezone.now() - timedelta(days=9), expires_at=timezone.now() - timedelta(days=1)
    )
    api_key_revoke(api_key=make_key("revoked"))

    names = {
        state: [key["name"] for key in client.get(KEYS, {"state": state}).json()["results"]]
        for state in ApiKey.State.values
    }
    assert names == {"active": ["test"], "expired": ["gone"], "revoked": ["revoked"]}
    assert {key["state"] for key in client.get(KEYS).json()["results"]} == set(ApiKey.State.values)
    assert fields_at_fault(client.get(KEYS, {"state": "good"})) == {"state": "invalid_choice"}


def test_a_key_is_renamed_and_nothing_else() -> None:
    client, key = api_client(), make_key()
    response = client.patch(of(key), {"name": "other"}, content_type="application/json")
    assert (response.status_code, response.json()["name"]) == (200, "other")

    for fields in ({"scope": "write"}, {"expires_at": None}, {"revoked_at": None}):
        refused = client.patch(of(key), fields, content_type="application/json")
        assert (refused.status_code, set(fields_at_fault(refused).values())) == (400, {"unknown"})
    key.refresh_from_db()
    assert (key.name, key.scope) == ("other", "read")


def test_a_revoked_key_is_refused_and_stays_listed() -> None:
    client = api_client()
    row, text = api_key_create(user=make_user(), name="k", scope="read")

    assert client.delete(of(row)).status_code == 204
    assert client_with(text).get(KEYS).status_code == 401
    first = client.get(of(row)).json()
    assert first["state"] == "revoked" and first["revoked_at"]
    assert client.delete(of(row)).status_code == 204
    assert client.get(of(row)).json() == first


def test_a_key_may_revoke_itself() -> None:
    row, text = api_key_create(user=make_user(), name="k", scope="write")
    client = client_with(text)

    assert client.delete(of(row)).status_code == 204
    assert client.get(of(row)).status_code == 401


def test_a_scope_that_there_is_not_is_told_which_there_are() -> None:
    response = post_json(api_client(), {"name": "x", "scope": "admin"}, KEYS)

    assert response.json()["errors"][0]["detail"] == "This must be one of: read, write."


@pytest.mark.parametrize("name", ["a\nb", "a\x1bb", "a\u202eb"])
def test_a_name_has_no_characters_that_cannot_be_seen(name: str) -> None:
    response = post_json(api_client(), {"name": name}, KEYS)

    assert fields_at_fault(response) == {"name": "unprintable"}
