"""Sending again what an endpoint missed, by the form on its page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.pages import of, refused, sign_in, text
from tests.webhooks.outbound.told import make_event, make_failed
from webhooks.models import Endpoint, Recovery

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client: Client) -> Client:
    return sign_in(client)


def test_what_failed_is_sent_again_since_a_moment(ada: Client) -> None:
    endpoint = make_endpoint()
    make_failed(now=timezone.now() - timedelta(days=2))
    assert "Send again what failed" in text(ada.get(of(endpoint)))
    since = f"{timezone.now() - timedelta(days=3):%Y-%m-%dT%H:%M}"

    page = text(ada.post(of(endpoint, "recover/"), {"since": since}, follow=True))
    recovery = Recovery.objects.get()
    assert f"{recovery.since:%Y-%m-%dT%H:%M%z}" == f"{since}+0000"
    assert "What failed is being made again, 0 deliveries so far" in page

    Recovery.objects.update(queued=1, finished_at=timezone.now(), is_cut_off=True)
    page = text(ada.get(of(endpoint)))
    assert "1 delivery was made again" in page and "There is more" in page


def test_the_moment_that_is_offered_has_all_that_was_missed(ada: Client) -> None:
    endpoint = make_endpoint(failing_from=timezone.now())
    first = make_failed(now=timezone.now() - timedelta(days=2))
    make_failed()

    assert f'value="{first.created_at:%Y-%m-%dT%H:%M}"' in text(ada.get(of(endpoint)))


def test_a_script_may_say_the_moment_with_its_zone(ada: Client) -> None:
    endpoint = make_endpoint()
    fields = {"since": "2026-01-02T12:00", "moment": "2026-01-02T10:00:00+01:00"}
    ada.post(of(endpoint, "recover/"), fields)

    assert Recovery.objects.get().since.isoformat() == "2026-01-02T09:00:00+00:00"


@pytest.mark.parametrize("moment", ["", "yesterday", "2026-01-02T10:00", "0001-01-01T00:00:00+14:00"])
def test_what_is_no_moment_with_a_zone_is_passed_over(ada: Client, moment: str) -> None:
    ada.post(of(make_endpoint(), "recover/"), {"since": "2026-01-02T12:00", "moment": moment})

    assert Recovery.objects.get().since.isoformat() == "2026-01-02T12:00:00+00:00"


@pytest.mark.parametrize("since", ["", "yesterday", "9999-01-01T00:00"])
def test_what_is_no_moment_is_said_at_the_form(ada: Client, since: str) -> None:
    make_endpoint()
    endpoint = make_failed().endpoint

    assert refused(ada.post(of(endpoint, "recover/"), {"since": since})) == (400, True)
    assert not Recovery.objects.exists()


def test_one_recovery_runs_at_a_time_and_none_where_it_is_off(ada: Client) -> None:
    make_endpoint()
    endpoint = make_failed().endpoint
    since = {"since": "2026-01-02T12:00"}
    ada.post(of(endpoint, "recover/"), since)
    again = ada.post(of(endpoint, "recover/"), since)
    assert refused(again) == (409, True) and "only one recovery runs at a time" in text(again)
    # A form's address shows nothing by itself.
    assert f'href="{of(endpoint)}?show=failed"' in text(again)

    Recovery.objects.all().delete()
    Endpoint.objects.update(enabled=False, disabled_reason="owner", disabled_at=timezone.now())
    off = ada.post(of(endpoint, "recover/"), since)
    assert refused(off) == (409, True) and "Enable it first." in text(off)


def test_where_nothing_failed_nothing_is_offered_to_be_sent_again(ada: Client) -> None:
    endpoint = make_endpoint()
    make_event()

    assert "Send again what failed" not in text(ada.get(of(endpoint)))
