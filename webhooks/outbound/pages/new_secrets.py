"""Showing a secret once: a cookie carries it over the redirect after the form that made it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from api_project.work.exceptions import OperatorNeeded
from webhooks.models import Endpoint
from webhooks.outbound.secrets import signing_secrets

# So it stands in no address, is stored by nobody but the browser that is to show it, and is gone once it was shown.
COOKIE = "speech_new_secret"
SECONDS = 60


def carry_secret(response: HttpResponse, endpoint: Endpoint, secret: str) -> None:
    """Have the endpoint's page show its new secret, once."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=SECONDS,
        path=_page(endpoint),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def carried_secret(request: HttpRequest, endpoint: Endpoint) -> str:
    """Return the secret that is to be shown; empty where there is none, or what is there is not the endpoint's."""
    given = request.COOKIES.get(COOKIE, "")
    return given if given and constant_time_compare(given, current_secret(endpoint)) else ""


def forget_secret(request: HttpRequest, response: HttpResponse, endpoint: Endpoint) -> None:
    if COOKIE in request.COOKIES:
        response.delete_cookie(COOKIE, path=_page(endpoint), samesite="Strict")


def current_secret(endpoint: Endpoint) -> str:
    """Return what signs now; empty where it cannot be read."""
    try:
        return signing_secrets(endpoint, now=timezone.now())[0]
    except OperatorNeeded:
        return ""


def _page(endpoint: Endpoint) -> str:
    return reverse("webhook-endpoint-page", args=[endpoint.pk])
