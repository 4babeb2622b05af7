"""The worker's step for notices: an e-mail to the owner of an endpoint that was disabled for them.

At least once: one that was sent by a worker that died before it could note that is sent again.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse

from api_project.work.exceptions import TransientFailure
from api_project.work.leases import Lease
from api_project.work.steps import Cause
from webhooks.models import Delivery, Endpoint

logger = logging.getLogger(__name__)

# What an owner has done themselves is told to nobody.
TOLD = {Endpoint.DisabledReason.GONE, Endpoint.DisabledReason.FAILING}
_TEXT = """\
This webhook endpoint of yours is told nothing any more:

    {description}{address}
    {id}

Why: {why}
Since: {since}
Not delivered to it: {missed}

Nothing is lost. When the receiver works again, enable the endpoint and send what it missed, here:

    {page}

Or over the API:

    PATCH {endpoint}
    {{"enabled": true}}

    POST {recover}
    {{"since": "{since}"}}
"""


def due_notice(now: datetime) -> QuerySet[Endpoint]:
    return Endpoint.objects.filter(next_attempt_at__lte=now)


def notice(endpoint: Endpoint, lease: Lease) -> None:
    """Send the e-mail, unless the endpoint is enabled again, or nobody can be written to. Raises TransientFailure."""
    if endpoint.deleted_at is None and endpoint.disabled_reason in TOLD:
        # Seldom, and by hand whoever it concerns can be told; so it is worth a line.
        problem = _why_nobody(endpoint) or _send(endpoint)
        extra = {"action": "endpoint.not_noticed" if problem else "endpoint.noticed"}
        logger.info("The owner of endpoint %s is %s.", endpoint.pk, problem or "told that it is disabled", extra=extra)
    lease.finish()


def give_up(endpoint: Endpoint, lease: Lease, cause: Cause, message: str) -> None:
    """Leave its owner to find out by the event, or by looking."""
    extra = {"action": "endpoint.not_noticed"}
    logger.error("The owner of endpoint %s could not be told that it is disabled.", endpoint.pk, extra=extra)
    lease.finish()


def _why_nobody(endpoint: Endpoint) -> str:
    """Return why no e-mail is sent; blank when one is."""
    if not settings.EMAIL_HOST:
        return "not told that it is disabled: there is no EMAIL_HOST"
    if not endpoint.owner.email or not endpoint.owner.is_active:
        return "not told that it is disabled: they have no e-mail address, or no account any more"
    return ""


def _send(endpoint: Endpoint) -> str:
    """Send the e-mail, or return why nobody will ever take it. Raises TransientFailure."""
    host = urlsplit(endpoint.url).hostname
    try:
        send_mail(f"Webhook endpoint at {host} was disabled", _text(endpoint), None, [endpoint.owner.email])
    except (SMTPException, OSError) as exc:
        if _is_for_good(exc):
            return f"not told that it is disabled: {_named(exc)}"
        raise TransientFailure(f"The mail server did not take the e-mail: {_named(exc)}.") from exc
    except ValueError:
        # A line end in it, or letters that no mail server knows.
        return "not told that it is disabled: their e-mail address is none"
    return ""


def _is_for_good(error: Exception) -> bool:
    """Tell whether another try is useless. What the operator may mend, like a password, is worth some more."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, SMTPDataError) and error.smtp_code >= 500


def _named(error: Exception) -> str:
    """Return what went wrong in a word; the server's own words may quote the address."""
    code = f" {error.smtp_code}" if isinstance(error, SMTPResponseException) else ""
    return f"{type(error).__name__}{code}"


def _text(endpoint: Endpoint) -> str:
    missed = _missed(endpoint)
    detail = reverse("webhook-endpoint-detail", args=[endpoint.pk])
    return _TEXT.format(
        description=f"{endpoint.description}\n    " if endpoint.description else "",
        address=_address(endpoint.url),
        id=endpoint.pk,
        why=Endpoint.DisabledReason(endpoint.disabled_reason).label,
        since=f"{missed.since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        missed="1 event" if missed.count == 1 else f"{missed.count} events",
        page=settings.BASE_URL + reverse("webhook-endpoint-page", args=[endpoint.pk]),
        endpoint=settings.BASE_URL + detail,
        recover=settings.BASE_URL + reverse("webhook-endpoint-recover", args=[endpoint.pk]),
    )


def _address(url: str) -> str:
    """Return where it is without the query, in which senders are often told a secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


@dataclass(frozen=True)
class Missed:
    """How many events an endpoint missed since it began to fail, and when the first of them happened."""

    count: int
    since: datetime


def _missed(endpoint: Endpoint) -> Missed:
    since = endpoint.failing_from or endpoint.disabled_at
    assert since is not None  # noqa: S101 - the table has a constraint for it
    # What waits is ended soon by the endpoint's slot, or was already.
    undelivered = Q(status=Delivery.Status.PENDING) | Q(status=Delivery.Status.FAILED, ended_at__gte=since)
    found = Delivery.objects.filter(undelivered, endpoint=endpoint).aggregate(
        count=Count("pk"), first=Min("created_at")
    )
    return Missed(found["count"], min(since, found["first"] or since))
