"""Showing a secret once: a cookie carries it over the redirect after the form that made it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from api_project.sealing import Unsealable, unseal
from webhooks.models import SigningSecret

# So it stands in no address, is stored by nobody but the browser that is to show it, and is gone once it was shown.
COOKIE = "speech_new_secret"
SECONDS = 60


def carry_secret(response: HttpResponse, secret: str, *, page: str) -> None:
    """Have the page at a path show a new secret, once."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=SECONDS,
        path=page,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def carried_secret(request: HttpRequest, row: SigningSecret | None) -> str:
    """Return the secret that is to be shown; empty where there is none, or what is there is not the row's."""
    given = request.COOKIES.get(COOKIE, "")
    return given if given and constant_time_compare(given, current_secret(row)) else ""


def forget_secret(request: HttpRequest, response: HttpResponse, *, page: str) -> None:
    if COOKIE in request.COOKIES:
        response.delete_cookie(COOKIE, path=page, samesite="Strict")


def current_secret(row: SigningSecret | None) -> str:
    """Return what signs now; empty where there is nothing, or it cannot be read."""
    try:
        return unseal(row.sealed) if row else ""
    except Unsealable:
        return ""
