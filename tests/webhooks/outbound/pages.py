"""What the tests of pages about callbacks have in common."""

from typing import Any

from django.test import Client
from django.utils import timezone

from tests.factories import make_user
from tests.webhooks.outbound.factories import URL
from webhooks.models import Endpoint
from webhooks.outbound.secrets import signing_secrets

PAGE = "/webhook-endpoints/"
NEW = {"url": URL, "description": "tickets", "told_of": "*", "payload": "summary"}


def sign_in(client: Client) -> Client:
    client.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def of(endpoint: Endpoint, action: str = "") -> str:
    return f"{PAGE}{endpoint.pk}/{action}"


def text(response: Any) -> str:
    content: str = response.content.decode()
    return content


def refused(response: Any) -> tuple[int, bool]:
    """Return the status, and whether the page tells what is wrong."""
    return response.status_code, 'role="alert"' in text(response)


def current_secret(endpoint: Endpoint) -> str:
    return signing_secrets(Endpoint.objects.get(pk=endpoint.pk), now=timezone.now())[0]
