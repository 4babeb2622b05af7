"""Secrets that sign callbacks: made once, rotated with a grace, sealed at rest."""

import base64
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from api_project.sealing import Unsealable, new_key, unseal
from api_project.work.exceptions import OperatorNeeded
from tests.factories import make_user
from tests.threads import PATIENCE, in_thread
from webhooks.models import Endpoint, SigningSecret
from webhooks.outbound.resealing import secrets_reseal
from webhooks.outbound.secrets import new_secret, secret_make, secret_rotate, signing_secrets

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
AT_ONCE = 4


def make_endpoint(
    owner: User | None = None, kind: str = Endpoint.Kind.REGISTERED, url: str = "https://a.test"
) -> Endpoint:
    return Endpoint.objects.create(owner=owner or make_user(), kind=kind, url=url, created_at=NOW)


def make_origin(owner: User | None = None, url: str = "https://a.test:443") -> Endpoint:
    return make_endpoint(owner, Endpoint.Kind.ORIGIN, url)


def with_secret(owner: User | None = None) -> tuple[Endpoint, str]:
    endpoint = make_endpoint(owner)
    return endpoint, secret_make(owner=endpoint.owner, endpoint=endpoint, now=NOW)


def rotate(endpoint: Endpoint, *, after: timedelta = timedelta()) -> str:
    return secret_rotate(owner=endpoint.owner, endpoint=endpoint, now=NOW + after)


def signs(endpoint: Endpoint, *, after: timedelta = timedelta()) -> list[str]:
    # Read anew, as the worker does.
    return signing_secrets(Endpoint.objects.get(pk=endpoint.pk), now=NOW + after)


def test_a_secret_is_one_of_standard_webhooks() -> None:
    secret = new_secret()
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 24
    assert secret != new_secret()


def test_an_endpoints_secret_signs_for_it() -> None:
    endpoint, secret = with_secret()
    assert signs(endpoint) == [secret]


def test_nothing_in_the_row_is_the_secret() -> None:
    endpoint, secret = with_secret()
    rotate(endpoint)
    (row,) = SigningSecret.objects.values()
    assert not any("whsec" in str(value) or secret[6:] in str(value) for value in row.values())


def test_each_endpoint_has_its_own() -> None:
    owner = make_user()
    assert with_secret(owner)[1] != with_secret(owner)[1]


def test_a_secret_that_was_read_with_its_endpoint_costs_no_further_query(django_assert_num_queries: Any) -> None:
    made, secret = with_secret()
    endpoint = Endpoint.objects.select_related("signing_secret").get(pk=made.pk)
    with django_assert_num_queries(0):
        assert signing_secrets(endpoint, now=NOW) == [secret]


def test_making_one_that_is_there_returns_it() -> None:
    endpoint, secret = with_secret()
    assert secret_make(owner=endpoint.owner, endpoint=endpoint, now=NOW + HOUR) == secret
    assert SigningSecret.objects.get().created_at == NOW


def test_all_addresses_of_a_user_share_a_default_secret_made_at_first_need() -> None:
    (secret,) = signs(make_origin())
    assert signs(make_origin(url="https://b.test:443")) == [secret]
    assert secret_make(owner=make_user(), endpoint=None, now=NOW) == secret
    assert SigningSecret.objects.get().endpoint is None


def test_a_stranger_has_a_default_secret_of_their_own() -> None:
    assert signs(make_origin(make_user("ada"))) != signs(make_origin(make_user("grace")))


def test_a_default_secret_signs_for_no_registered_endpoint() -> None:
    endpoint, secret = with_secret()
    assert signs(make_origin()) != [secret]
    assert signs(endpoint) == [secret]


def test_for_a_day_after_a_rotation_both_sign() -> None:
    endpoint, old = with_secret()
    new = rotate(endpoint)
    assert signs(endpoint) == [new, old]
    assert signs(endpoint, after=24 * HOUR - timedelta(seconds=1)) == [new, old]
    assert signs(endpoint, after=24 * HOUR) == [new]


def test_a_default_secret_rotates_too() -> None:
    origin = make_origin()
    (old,) = signs(origin)
    new = secret_rotate(owner=origin.owner, endpoint=None, now=NOW)
    assert signs(origin) == [new, old]


def test_a_default_secret_that_nothing_has_needed_yet_is_made_by_rotating() -> None:
    secret = secret_rotate(owner=make_user(), endpoint=None, now=NOW)
    assert signs(make_origin()) == [secret]


def test_rotating_again_within_the_grace_leaves_no_receiver_behind() -> None:
    endpoint, first = with_secret()
    second = rotate(endpoint)
    third = rotate(endpoint, after=23 * HOUR)
    assert signs(endpoint, after=46 * HOUR) == [third, second, first]
    assert signs(endpoint, after=47 * HOUR) == [third]


def test_what_is_past_its_grace_does_not_come_back_by_rotating() -> None:
    endpoint, _ = with_secret()
    second = rotate(endpoint)
    third = rotate(endpoint, after=24 * HOUR)
    assert signs(endpoint, after=24 * HOUR) == [third, second]


def test_no_more_than_five_sign() -> None:
    endpoint, _ = with_secret()
    later = [rotate(endpoint) for _ in range(5)]
    assert signs(endpoint) == later[::-1]


def test_rotating_one_secret_changes_no_other() -> None:
    endpoint, _ = with_secret()
    other, secret = with_secret()
    origin_signs = signs(make_origin())
    rotate(endpoint)
    assert (signs(other), signs(Endpoint.objects.get(kind="origin"))) == ([secret], origin_signs)


def test_a_secret_that_cannot_be_read_is_for_the_operator_to_mend(settings: Settings) -> None:
    endpoint, origin = with_secret()[0], make_origin()
    signs(origin)
    given, settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS, [new_key()]
    for waits in (endpoint, origin):
        with pytest.raises(OperatorNeeded, match="ENCRYPTION_KEYS lacks the key") as told:
            signs(waits)
        assert told.value.waits_for == "encryption_keys"
    settings.ENCRYPTION_KEYS = [*settings.ENCRYPTION_KEYS, *given]
    assert len(signs(endpoint)) == len(signs(origin)) == 1


def test_a_previous_secret_that_cannot_be_read_is_too(settings: Settings) -> None:
    endpoint, old = with_secret()
    key = new_key()
    settings.ENCRYPTION_KEYS = [key, *settings.ENCRYPTION_KEYS]
    new = rotate(endpoint)
    settings.ENCRYPTION_KEYS, both = [key], settings.ENCRYPTION_KEYS
    with pytest.raises(OperatorNeeded):
        signs(endpoint)
    assert signs(endpoint, after=24 * HOUR) == [new]
    settings.ENCRYPTION_KEYS = both
    assert signs(endpoint) == [new, old]


def test_where_the_key_is_lost_rotating_lets_callbacks_go_on(settings: Settings) -> None:
    endpoint, _ = with_secret()
    settings.ENCRYPTION_KEYS = [new_key()]
    new = rotate(endpoint)
    assert signs(endpoint) == [new]


def test_one_that_cannot_be_read_is_not_made_anew_behind_its_receivers_back(settings: Settings) -> None:
    endpoint, secret = with_secret()
    given, settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS, [new_key()]
    with pytest.raises(Unsealable):
        secret_make(owner=endpoint.owner, endpoint=endpoint, now=NOW)
    settings.ENCRYPTION_KEYS = given
    assert signs(endpoint) == [secret]


def test_an_endpoint_without_a_secret_waits_until_it_has_one() -> None:
    endpoint = make_endpoint()
    with pytest.raises(OperatorNeeded, match="rotating makes one"):
        signs(endpoint)
    secret = rotate(endpoint)
    assert signs(endpoint) == [secret]


def at_once(work: Callable[[], Any]) -> list[Any]:
    """Do the same in several threads that begin together, and return what each of them got."""
    together, results = threading.Barrier(AT_ONCE), []

    def run() -> None:
        together.wait(timeout=PATIENCE)
        results.append(work())

    with ExitStack() as threads:
        for _ in range(AT_ONCE):
            threads.enter_context(in_thread(run))
    return results


@pytest.mark.django_db(transaction=True)
def test_who_needs_a_default_secret_at_once_gets_the_same() -> None:
    origin = make_origin()
    secrets = at_once(lambda: signs(origin))
    assert len(secrets) == AT_ONCE and all(found == secrets[0] for found in secrets)
    assert SigningSecret.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_rotations_at_once_none_gets_lost() -> None:
    endpoint, first = with_secret()
    made = at_once(lambda: rotate(endpoint))
    current, *previous = signs(endpoint)
    assert {current, *previous} == {first, *made}
    assert previous[-1] == first


def reseal_secrets() -> str:
    said = StringIO()
    call_command("reseal_secrets", stdout=said, stderr=said)
    return said.getvalue()


def test_after_sealing_anew_the_old_key_can_go(settings: Settings) -> None:
    endpoint, old = with_secret()
    new = secret_rotate(owner=endpoint.owner, endpoint=endpoint, now=timezone.now())
    default = secret_make(owner=endpoint.owner, endpoint=None, now=NOW)
    key = new_key()
    settings.ENCRYPTION_KEYS = [key, *settings.ENCRYPTION_KEYS]
    assert reseal_secrets() == "2 sealed anew.\n"
    settings.ENCRYPTION_KEYS = [key]
    assert signing_secrets(Endpoint.objects.get(), now=timezone.now()) == [new, old]
    assert signs(make_origin()) == [default]


def test_sealing_anew_forgets_what_is_past_its_grace() -> None:
    endpoint, _ = with_secret()
    new = rotate(endpoint)
    assert [fault for _, fault in secrets_reseal(now=NOW + 24 * HOUR)] == [""]
    row = SigningSecret.objects.get()
    assert (unseal(row.sealed), row.previous_sealed, row.previous_until) == (new, "", None)


def test_sealing_anew_says_what_it_could_not_read_and_does_the_rest(settings: Settings) -> None:
    lost, _ = with_secret()
    key, other = new_key(), new_key()
    settings.ENCRYPTION_KEYS = [key]
    endpoint, secret = with_secret()
    settings.ENCRYPTION_KEYS = [other, key]
    said = StringIO()
    with pytest.raises(CommandError, match="1 could not be read"):
        call_command("reseal_secrets", stdout=said, stderr=said)
    assert str(lost.pk) in said.getvalue() and "1 sealed anew." in said.getvalue()
    settings.ENCRYPTION_KEYS = [other]
    assert signs(endpoint) == [secret]
