"""The e-mail to the owner of an endpoint that was disabled for them."""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPAuthenticationError, SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from api_project.work.runner import run_step
from tests.factories import claim_one
from tests.provider_fixtures import RunDue, step_named
from tests.webhooks.outbound.factories import make_endpoint
from tests.webhooks.outbound.told import FAILED, attempt, make_event
from webhooks.models import Endpoint
from webhooks.outbound.disabling import endpoint_disable
from webhooks.outbound.endpoints import endpoint_delete, endpoint_update

pytestmark = pytest.mark.django_db

ADDRESS = "ada@example.com"
SINCE = datetime.fromisoformat("2026-11-17T17:00:00Z")
Reason = Endpoint.DisabledReason


class FailingBackend(BaseEmailBackend):
    """A mail server that does not take what it is given."""

    error: Exception

    def send_messages(self, messages: Any) -> int:
        raise self.error


@pytest.fixture(autouse=True)
def _mail_server(settings: Any) -> None:
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.example.com", "speech@example.com"


@pytest.fixture
def refuse(settings: Any) -> Any:
    """Return a function that has the mail server fail in a way."""

    def refuse(error: Exception) -> None:
        FailingBackend.error = error
        settings.EMAIL_BACKEND = f"{__name__}.FailingBackend"

    return refuse


def make_disabled(
    reason: Reason = Reason.FAILING, *, endpoint: Endpoint | None = None, email: str = ADDRESS
) -> Endpoint:
    endpoint = endpoint or make_endpoint()
    User.objects.filter(pk=endpoint.owner_id).update(email=email)
    with transaction.atomic():
        assert endpoint_disable(endpoint, reason, now=timezone.now())
    endpoint.refresh_from_db()
    return endpoint


def test_the_owner_is_told_once_which_why_since_when_and_what_to_do(
    run_due: RunDue, mailoutbox: list[EmailMessage]
) -> None:
    url = "https://93.184.215.14:8443/hooks/speech?token=hush"
    endpoint = make_endpoint(url=url, description="the ticket system", failing_from=SINCE, last_failed_at=SINCE)
    make_event(now=SINCE + timedelta(days=1))
    attempt(endpoint, FAILED, now=SINCE + timedelta(days=1))
    make_event()
    disabled = make_disabled(endpoint=endpoint)

    assert run_due("notice").next_attempt_at is None
    (mail,) = mailoutbox
    assert (mail.to, mail.from_email) == ([ADDRESS], "speech@example.com")
    assert mail.subject == "Webhook endpoint at 93.184.215.14 was disabled"
    for words in (
        "the ticket system",
        "https://93.184.215.14:8443/hooks/speech\n",
        str(disabled.pk),
        "Why: Nothing but failures for five days.",
        "Since: 2026-11-17T17:00:00Z",
        "Not delivered to it: 2 events",
        f"/webhook-endpoints/{disabled.pk}/\n",
        f"/api/v1/webhook-endpoints/{disabled.pk}/recover/",
        '{"since": "2026-11-17T17:00:00Z"}',
    ):
        assert words in mail.body
    assert "hush" not in mail.body


def test_one_that_answered_410_is_told_so(run_due: RunDue, mailoutbox: list[EmailMessage]) -> None:
    make_disabled(Reason.GONE)

    run_due("notice")
    assert "Why: It answered 410." in mailoutbox[0].body


def test_to_recover_since_then_reaches_back_to_the_first_that_was_missed(
    run_due: RunDue, mailoutbox: list[EmailMessage]
) -> None:
    endpoint = make_endpoint()
    early = SINCE - timedelta(days=2)
    make_event(now=early)
    make_disabled(endpoint=endpoint)

    run_due("notice")
    assert f'"since": "{early:%Y-%m-%dT%H:%M:%SZ}"' in mailoutbox[0].body


@pytest.mark.parametrize("change", ["enabled", "disabled by the owner", "deleted"])
def test_what_the_owner_has_done_meanwhile_is_told_to_nobody(change: str, mailoutbox: list[EmailMessage]) -> None:
    endpoint = make_disabled()
    row, lease = claim_one(step_named("notice"))
    if change == "deleted":
        endpoint_delete(endpoint=endpoint)
    else:
        endpoint_update(endpoint=endpoint, changes={"enabled": True})
    if change == "disabled by the owner":
        endpoint_update(endpoint=endpoint, changes={"enabled": False})
    Endpoint.objects.update(lease_token=lease.token)
    row.refresh_from_db()

    run_step(step_named("notice"), row, lease)
    assert mailoutbox == []
    assert not Endpoint.objects.exclude(lease_token=None).exists()


@pytest.mark.parametrize("lacking", ["a mail server", "an address", "an account"])
def test_where_nobody_can_be_written_to_that_is_said_once(
    lacking: str, run_due: RunDue, mailoutbox: list[EmailMessage], settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint = make_disabled(email="" if lacking == "an address" else ADDRESS)
    if lacking == "a mail server":
        settings.EMAIL_HOST = ""
    if lacking == "an account":
        User.objects.update(is_active=False)

    with caplog.at_level(logging.INFO, logger="webhooks"):
        assert run_due("notice").next_attempt_at is None
    (line,) = [record for record in caplog.records if getattr(record, "action", "") == "endpoint.not_noticed"]
    assert str(endpoint.pk) in line.getMessage()
    assert mailoutbox == []


TRANSIENT = [
    SMTPServerDisconnected("gone"),
    ConnectionRefusedError(),
    TimeoutError(),
    SMTPDataError(451, b"later"),
    SMTPAuthenticationError(535, b"wrong password"),
    SMTPRecipientsRefused({ADDRESS: (450, f"greylisted {ADDRESS}".encode())}),
]


@pytest.mark.parametrize("error", TRANSIENT, ids=repr)
def test_what_may_pass_is_tried_again(
    error: Exception, run_due: RunDue, refuse: Any, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint = make_disabled()
    refuse(error)

    row = run_due("notice")
    assert row.next_attempt_at > timezone.now() and row.failing_since
    assert ADDRESS not in caplog.text and str(endpoint.pk) in caplog.text


def test_it_is_sent_when_the_server_is_back(
    run_due: RunDue, refuse: Any, settings: Any, mailoutbox: list[EmailMessage]
) -> None:
    make_disabled()
    working = settings.EMAIL_BACKEND
    refuse(TimeoutError())
    run_due("notice")
    settings.EMAIL_BACKEND = working

    assert run_due("notice", after=timedelta(minutes=5)).next_attempt_at is None
    assert len(mailoutbox) == 1


def test_after_a_day_it_is_given_up_and_said(run_due: RunDue, refuse: Any, caplog: pytest.LogCaptureFixture) -> None:
    make_disabled()
    refuse(TimeoutError())
    run_due("notice")
    run_due("notice", after=timedelta(hours=23))

    assert run_due("notice", after=timedelta(hours=25)).next_attempt_at is None
    assert "could not be told" in caplog.text


@pytest.mark.parametrize(
    "error",
    [SMTPRecipientsRefused({ADDRESS: (550, f"no such user {ADDRESS}".encode())}), SMTPDataError(554, b"spam")],
    ids=repr,
)
def test_what_will_never_be_taken_is_not_sent_again(
    error: Exception, run_due: RunDue, refuse: Any, caplog: pytest.LogCaptureFixture
) -> None:
    make_disabled()
    refuse(error)

    assert run_due("notice").next_attempt_at is None
    assert type(error).__name__ in caplog.text and ADDRESS not in caplog.text


def test_an_address_that_is_none_ends_it(run_due: RunDue, mailoutbox: list[EmailMessage]) -> None:
    make_disabled(email="ada@example.com\nBcc: bob@example.com")

    assert run_due("notice").next_attempt_at is None
    assert mailoutbox == []
