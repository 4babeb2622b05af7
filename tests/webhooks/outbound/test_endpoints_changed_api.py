"""Changing, pinging and deleting a webhook endpoint, and what signs for it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from api_project.sealing import unseal
from tests.api import api_client, fields_at_fault
from tests.factories import make_user
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.told import make_event
from tests.webhooks.outbound.working import state_of, work
from webhooks.models import Delivery, DeliverySlot, Endpoint, Event, Recovery, SigningSecret
from webhooks.outbound.disabling import endpoint_disable
from webhooks.outbound.event_types import TRANSCRIPT_COMPLETED
from webhooks.outbound.secrets import signing_secrets

pytestmark = pytest.mark.django_db

ENDPOINTS = "/api/v1/webhook-endpoints/"
DEFAULT = f"{ENDPOINTS}default-secret/"
OTHER_URL = "https://93.184.215.15:8443/other?token=1"


def of(endpoint: Endpoint, *rest: str) -> str:
    return "/".join([f"{ENDPOINTS}{endpoint.pk}", *rest, ""])


def patch(endpoint: Endpoint, client: Client | None = None, /, **fields: Any) -> Any:
    return (client or api_client()).patch(of(endpoint), fields, content_type="application/json")


def fail_for_good(endpoint: Endpoint) -> None:
    with transaction.atomic():
        endpoint_disable(endpoint, Endpoint.DisabledReason.FAILING, now=timezone.now())


def test_what_is_named_is_changed_and_nothing_else() -> None:
    endpoint = make_endpoint(description="tickets", payload="full")
    body = patch(endpoint, url=OTHER_URL, event_types=["ping"]).json()

    assert (body["url"], body["event_types"]) == (OTHER_URL, ["ping"])
    assert (body["description"], body["payload"], body["enabled"]) == ("tickets", "full", True)
    assert patch(endpoint, description="", payload="ids").json() == body | {"description": "", "payload": "ids"}


def test_nothing_named_changes_nothing() -> None:
    client, endpoint = api_client(), make_endpoint(failing_from=timezone.now())
    before = client.get(of(endpoint)).json()

    assert before["failing_since"] and patch(endpoint, client).json() == before


def test_a_url_is_looked_at_when_it_is_changed() -> None:
    endpoint = make_endpoint()
    response = patch(endpoint, url="https://192.168.1.7/")

    assert (response.status_code, fields_at_fault(response)) == (400, {"url": "refused_address"})
    assert patch(endpoint, enabled=True).status_code == 200


def test_one_that_is_disabled_says_so_and_what_waits_is_ended() -> None:
    endpoint = make_endpoint()
    (delivery,) = make_event().deliveries.all()
    Delivery.objects.update(next_attempt_at=timezone.now() + timedelta(hours=1))
    DeliverySlot.objects.update(next_attempt_at=timezone.now() + timedelta(hours=1))
    body = patch(endpoint, enabled=False).json()
    work()

    assert (body["enabled"], body["disabled_reason"]) == (False, "owner") and body["disabled_at"]
    assert state_of(delivery) == ("failed", "endpoint_disabled")
    assert not make_event().deliveries.exists()


def test_one_that_was_disabled_for_a_reason_keeps_it() -> None:
    endpoint = make_endpoint()
    fail_for_good(endpoint)

    assert patch(endpoint, enabled=False).json()["disabled_reason"] == "failing"


def test_enabling_begins_anew_and_calls_the_notice_off() -> None:
    endpoint = make_endpoint(failing_from=timezone.now() - timedelta(days=6))
    fail_for_good(endpoint)
    assert Endpoint.objects.get().next_attempt_at
    body = patch(endpoint, enabled=True).json()

    assert (body["enabled"], body["disabled_reason"], body["disabled_at"]) == (True, None, None)
    assert (body["failing_since"], Endpoint.objects.get().next_attempt_at) == (None, None)
    assert make_event().deliveries.count() == 1


@pytest.mark.parametrize(("url", "is_kept"), [(OTHER_URL, False), (None, True)])
def test_another_url_has_not_failed_yet(url: str | None, is_kept: bool) -> None:
    endpoint = make_endpoint(failing_from=timezone.now())
    body = patch(endpoint, url=url or endpoint.url).json()

    assert bool(body["failing_since"]) is is_kept


def test_an_endpoint_has_a_version() -> None:
    client, endpoint = api_client(), make_endpoint()
    tag = client.get(of(endpoint))["ETag"]

    assert client.get(of(endpoint), headers={"If-None-Match": tag}).status_code == 304
    changed = client.patch(of(endpoint), {"payload": "ids"}, "application/json", headers={"If-Match": tag})
    assert changed.status_code == 200 and changed["ETag"] != tag
    late = client.patch(of(endpoint), {"payload": "full"}, "application/json", headers={"If-Match": tag})
    assert (late.status_code, Endpoint.objects.get().payload) == (412, "ids")
    assert client.delete(of(endpoint), headers={"If-Match": tag}).status_code == 412
    assert client.delete(of(endpoint), headers={"If-Match": changed["ETag"]}).status_code == 204


def test_a_new_secret_and_a_recovery_are_a_new_version() -> None:
    client, endpoint = api_client(), make_endpoint()
    tags = {client.get(of(endpoint))["ETag"]}
    client.post(of(endpoint, "rotate-secret"))
    tags.add(client.get(of(endpoint))["ETag"])
    now = timezone.now()
    Recovery.objects.create(endpoint=endpoint, since=now, until=now)
    tags.add(client.get(of(endpoint))["ETag"])

    assert len(tags) == 3


def test_the_latest_recovery_is_told() -> None:
    endpoint, now = make_endpoint(), timezone.now()
    make_endpoint()
    for hours in (2, 1):
        since = now - timedelta(hours=hours)
        Recovery.objects.create(endpoint=endpoint, since=since, until=now, queued=hours, finished_at=now)

    newer, older = api_client().get(ENDPOINTS).json()["results"]
    assert (newer["recovery"], older["recovery"]["queued"]) == (None, 1)
    assert older["recovery"]["finished_at"] and not older["recovery"]["is_cut_off"]


def test_a_deleted_one_is_gone_with_its_secret_and_what_waits_for_it() -> None:
    client, endpoint = api_client(), make_endpoint(description="tickets")
    (delivery,) = make_event().deliveries.all()
    assert client.delete(of(endpoint)).status_code == 204
    work()

    assert state_of(delivery) == ("failed", "endpoint_deleted")
    row = Endpoint.objects.get()
    assert row.deleted_at and (row.url, row.description) == ("", "")
    assert not SigningSecret.objects.exists() and not make_event().deliveries.exists()
    gone = {client.get(of(endpoint)), patch(endpoint), client.delete(of(endpoint))}
    assert {response.status_code for response in gone} == {404}
    assert {client.post(of(endpoint, verb)).status_code for verb in ("ping", "rotate-secret")} == {404}
    assert client.get(ENDPOINTS).json()["results"] == []


def test_a_new_secret_is_told_once_and_the_old_one_signs_on_for_a_day() -> None:
    client, endpoint = api_client(), make_endpoint()
    (first,) = signing_secrets(endpoint, now=timezone.now())
    response = client.post(of(endpoint, "rotate-secret"))

    body = response.json()
    secret = body.pop("secret")
    assert signing_secrets(Endpoint.objects.get(), now=timezone.now()) == [secret, first]
    assert response["Cache-Control"] == "no-store" and client.get(of(endpoint)).json() == body
    assert body["secret_rotated_at"] and body["previous_secret_until"]


def test_when_the_old_secret_signs_no_more_that_is_told() -> None:
    endpoint = make_endpoint()
    api_client().post(of(endpoint, "rotate-secret"))
    SigningSecret.objects.update(previous_until=timezone.now() - timedelta(seconds=1))

    assert api_client().get(of(endpoint)).json()["previous_secret_until"] is None


def test_a_ping_goes_to_this_endpoint_alone_whatever_it_asks_for() -> None:
    client, endpoint = api_client(), make_endpoint(event_types=[TRANSCRIPT_COMPLETED.name], description="tickets")
    make_endpoint()
    response = client.post(of(endpoint, "ping"))

    body, event = response.json(), Event.objects.get()
    assert (response.status_code, body["id"], body["type"]) == (202, str(event.pk), "ping")
    assert body["data"] == {"id": str(endpoint.pk), "description": "tickets"}
    assert Delivery.objects.get().endpoint == endpoint
    assert client.get(response["Location"]).json() == body


def test_a_disabled_endpoint_is_not_pinged() -> None:
    response = api_client().post(of(make_endpoint(enabled=False), "ping"))

    assert (response.status_code, response.json()["type"]) == (409, "/api/problems/conflict/")
    assert not Event.objects.exists()


def test_the_default_secret_is_made_shown_once_and_rotated() -> None:
    client = api_client()
    assert set(client.get(DEFAULT).json().values()) == {None}
    first, second = client.post(DEFAULT), client.post(DEFAULT)

    assert first.status_code == second.status_code == 200 and first["Cache-Control"] == "no-store"
    assert first.json()["created_at"] and first.json()["secret_rotated_at"] is None
    row = SigningSecret.objects.get()
    assert (row.owner, row.endpoint) == (make_user(), None)
    assert [unseal(row.sealed), unseal(row.previous_sealed)] == [second.json()["secret"], first.json()["secret"]]
    told = client.get(DEFAULT).json()
    assert told == {name: value for name, value in second.json().items() if name != "secret"}
    assert told["secret_rotated_at"] and told["previous_secret_until"]


def test_the_default_secret_is_ones_own() -> None:
    api_client().post(DEFAULT)

    assert api_client("grace").get(DEFAULT).json()["created_at"] is None
    assert api_client(scope="read").get(DEFAULT).json()["created_at"]
