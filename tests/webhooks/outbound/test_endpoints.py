"""Endpoints of one user made at the same time, and of one who is none any more."""

import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from api_project.rest.exceptions import AccountClosed
from tests.factories import make_user
from tests.threads import in_thread
from tests.webhooks.outbound.factories import URL, make_endpoint
from webhooks.models import Endpoint, Event, SigningSecret
from webhooks.outbound import endpoints
from webhooks.outbound.endpoints import (
    default_secret_rotate,
    endpoint_create,
    endpoint_delete,
    endpoint_ping,
    endpoint_rotate_secret,
    endpoint_update,
)
from webhooks.outbound.exceptions import TooManyEndpoints
from webhooks.outbound.secrets import signing_secrets
from webhooks.outbound.targets import TargetRefused

AT_ONCE = 6


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_no_more_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "MAX_ENDPOINTS", 2)
    owner = make_user()
    together = threading.Barrier(AT_ONCE)

    def make() -> None:
        together.wait()
        with suppress(TooManyEndpoints):
            endpoint_create(owner=owner, url=URL)

    with ExitStack() as stack:
        for _ in range(AT_ONCE):
            stack.enter_context(in_thread(make))

    assert Endpoint.objects.count() == SigningSecret.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "keep",
    [
        lambda endpoint: endpoint_create(owner=endpoint.owner, url=URL),
        lambda endpoint: endpoint_ping(endpoint=endpoint),
        lambda endpoint: endpoint_rotate_secret(endpoint=endpoint),
        lambda endpoint: default_secret_rotate(owner=endpoint.owner),
    ],
)
def test_nothing_is_kept_for_a_user_who_is_none_any_more(keep: Callable[[Endpoint], Any]) -> None:
    endpoint = make_endpoint()
    before = SigningSecret.objects.get().sealed
    User.objects.update(is_active=False)

    with pytest.raises(AccountClosed):
        keep(endpoint)
    assert (Endpoint.objects.count(), Event.objects.count()) == (1, 0)
    assert SigningSecret.objects.get().sealed == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    "use",
    [
        lambda endpoint: endpoint_update(endpoint=endpoint, changes={"enabled": False}),
        lambda endpoint: endpoint_delete(endpoint=endpoint),
        lambda endpoint: endpoint_ping(endpoint=endpoint),
        lambda endpoint: endpoint_rotate_secret(endpoint=endpoint),
    ],
)
def test_one_that_was_deleted_meanwhile_is_not_there(use: Callable[[Endpoint], Any]) -> None:
    endpoint = make_endpoint()
    endpoint_delete(endpoint=endpoint)

    with pytest.raises(Endpoint.DoesNotExist):
        use(endpoint)
    assert not SigningSecret.objects.exists() and not Event.objects.exists()


@pytest.mark.django_db
def test_what_stands_against_a_change_is_asked_of_the_row_as_it_is() -> None:
    endpoint = make_endpoint()
    Endpoint.objects.update(description="meanwhile")

    def refuse(current: Endpoint) -> None:
        assert current.description == "meanwhile"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        endpoint_update(endpoint=endpoint, changes={"enabled": False}, check=refuse)
    assert Endpoint.objects.get().enabled


@pytest.mark.django_db
def test_what_is_not_the_owners_is_not_changed() -> None:
    with pytest.raises(ValueError, match="owner_id"):
        endpoint_update(endpoint=make_endpoint(), changes={"owner_id": 7})


@pytest.mark.django_db
def test_a_url_is_looked_at_before_anything_is_kept() -> None:
    with pytest.raises(TargetRefused):
        endpoint_create(owner=make_user(), url="https://169.254.169.254/latest/meta-data")
    assert not Endpoint.objects.exists()


@pytest.mark.django_db
def test_one_that_was_just_made_has_the_secret_that_is_kept() -> None:
    endpoint, secret = endpoint_create(owner=make_user(), url=URL)
    assert endpoint.signing_secret.pk is not None
    assert signing_secrets(endpoint, now=timezone.now()) == [secret]
