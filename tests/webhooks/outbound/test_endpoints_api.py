"""Webhook endpoints over REST: everybody's own, their secrets told once."""

from typing import Any

import pytest
from django.utils import timezone

from api_project.sealing import unseal
from tests.api import api_client, fields_at_fault, post_json
from tests.factories import make_user
from tests.webhooks.outbound.factories import URL
from webhooks.models import Delivery, DeliverySlot, Endpoint, SigningSecret
from webhooks.outbound import endpoints as services

pytestmark = pytest.mark.django_db

ENDPOINTS = "/api/v1/webhook-endpoints/"


def make(client: Any, **fields: Any) -> dict[str, Any]:
    response = post_json(client, {"url": URL} | fields, ENDPOINTS)
    assert response.status_code == 201, response.content
    body: dict[str, Any] = response.json()
    return body


def of(endpoint: dict[str, Any], *rest: str) -> str:
    return "/".join([f"{ENDPOINTS}{endpoint['id']}", *rest, ""])


def patch(client: Any, endpoint: dict[str, Any], fields: dict[str, Any], **more: Any) -> Any:
    return client.patch(of(endpoint), fields, content_type="application/json", **more)


def test_an_endpoint_is_made_and_its_secret_told_once() -> None:
    client = api_client()
    response = post_json(client, {"url": URL, "description": "tickets", "event_types": ["ping"]}, ENDPOINTS)

    body = response.json()
    assert (response.status_code, response["Cache-Control"]) == (201, "no-store")
    secret = body.pop("secret")
    assert client.get(response["Location"]).json() == body
    assert secret.startswith("whsec_") and secret not in str(client.get(ENDPOINTS).json())
    assert (body["description"], body["event_types"], body["enabled"]) == ("tickets", ["ping"], True)
    assert unseal(SigningSecret.objects.get(endpoint=body["id"]).sealed) == secret
    assert DeliverySlot.objects.filter(endpoint=body["id"]).values_list("number", flat=True).get() == 0


def test_with_a_url_alone_it_wants_everything_in_summary() -> None:
    body = make(api_client())

    assert (body["event_types"], body["payload"], body["description"]) == (["*"], "summary", "")


def test_one_may_be_made_disabled() -> None:
    body = make(api_client(), enabled=False)

    assert (body["enabled"], body["disabled_reason"]) == (False, "owner") and body["disabled_at"]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"url": None}, {"url": "null"}),
        ({"url": ""}, {"url": "blank"}),
        ({"url": 7}, {"url": "invalid"}),
        ({"url": "x" * 2049}, {"url": "max_length"}),
        ({"url": "receiver.example.com"}, {"url": "invalid_scheme"}),
        ({"url": "http://93.184.215.14/"}, {"url": "invalid_scheme"}),
        ({"url": "https://93.184.215.14:22/"}, {"url": "invalid_port"}),
        ({"url": "https://me:secret@93.184.215.14/"}, {"url": "user_info"}),
        ({"url": f"{URL}#part"}, {"url": "fragment"}),
        ({"url": "https://127.0.0.1/"}, {"url": "refused_address"}),
        ({"url": "https://10.0.0.7/"}, {"url": "refused_address"}),
        ({"url": "https://[::ffff:10.0.0.7]/"}, {"url": "refused_address"}),
        ({"description": "a\nb"}, {"description": "unprintable"}),
        ({"description": "x" * 201}, {"description": "max_length"}),
        ({"event_types": []}, {"event_types": "min_length"}),
        ({"event_types": "ping"}, {"event_types": "not_a_list"}),
        ({"event_types": ["ping"] * 51}, {"event_types": "too_long"}),
        ({"event_types": ["ping", "call.*"]}, {"event_types.1": "invalid_choice"}),
        ({"payload": "everything"}, {"payload": "invalid_choice"}),
        ({"enabled": "yes"}, {"enabled": "invalid"}),
        ({"secret": "mine", "owner": 7}, {"secret": "unknown", "owner": "unknown"}),
    ],
)
def test_what_is_wrong_is_refused_by_name(fields: dict[str, Any], fault: dict[str, str]) -> None:
    client = api_client()
    response = post_json(client, {"url": URL} | fields, ENDPOINTS)

    assert (response.status_code, fields_at_fault(response)) == (400, fault)
    assert not Endpoint.objects.exists() and not SigningSecret.objects.exists()
    made = make(client)
    assert fields_at_fault(patch(client, made, fields)) == fault
    assert client.get(of(made)).json() == {name: value for name, value in made.items() if name != "secret"}


def test_the_url_is_needed() -> None:
    assert fields_at_fault(post_json(api_client(), {}, ENDPOINTS)) == {"url": "required"}


def test_a_type_that_there_is_not_is_told_which_there_are() -> None:
    response = post_json(api_client(), {"url": URL, "event_types": ["transcript.done"]}, ENDPOINTS)

    detail = response.json()["errors"][0]["detail"]
    assert detail.startswith("There is no such type of event. Allowed are: *, transcript.*, ")
    assert "transcript.completed" in detail


def test_types_that_are_named_twice_are_kept_once() -> None:
    body = make(api_client(), event_types=["ping", "transcript.*", "ping"])

    assert body["event_types"] == ["ping", "transcript.*"]


def test_a_name_that_does_not_resolve_yet_is_taken() -> None:
    assert make(api_client(), url="https://not-there-yet.invalid/")["url"] == "https://not-there-yet.invalid/"


def test_nobody_has_more_than_can_be_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    client = api_client()
    monkeypatch.setattr(services, "MAX_ENDPOINTS", 2)
    make(api_client("grace"))
    first, _ = make(client), make(client)

    response = post_json(client, {"url": URL}, ENDPOINTS)
    assert (response.status_code, response.json()["type"]) == (409, "/api/problems/conflict/")
    client.delete(of(first))
    make(client)


def test_the_list_is_ones_own_newest_first_in_pages() -> None:
    client = api_client()
    made = [make(client)["id"] for _ in range(3)]
    make(api_client("grace"))
    Endpoint.objects.create(
        owner=make_user(), kind="origin", url="https://93.184.215.14:443", created_at=timezone.now()
    )

    page = client.get(ENDPOINTS, {"limit": 2}).json()
    rest = client.get(page["next"]).json()
    assert [found["id"] for found in page["results"] + rest["results"]] == made[::-1]


def test_a_stranger_finds_nothing() -> None:
    made, stranger = make(api_client()), api_client("grace")

    assert stranger.get(of(made)).status_code == 404
    assert patch(stranger, made, {"enabled": False}).status_code == 404
    assert stranger.delete(of(made)).status_code == 404
    assert {stranger.post(of(made, verb)).status_code for verb in ("rotate-secret", "ping")} == {404}
    assert Endpoint.objects.get().is_told and not Delivery.objects.exists()


def test_a_read_key_changes_nothing() -> None:
    made, reader = make(api_client()), api_client(scope="read")

    assert reader.get(of(made)).status_code == 200
    assert post_json(reader, {"url": URL}, ENDPOINTS).status_code == 403
    assert patch(reader, made, {"enabled": False}).status_code == 403
    assert {reader.post(of(made, verb)).status_code for verb in ("rotate-secret", "ping")} == {403}
    assert reader.post(f"{ENDPOINTS}default-secret/").status_code == 403
