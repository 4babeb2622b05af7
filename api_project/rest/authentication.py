"""Who is asking: a program by its API key, or a person by the session of our own pages."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from api_project.rest.api_keys.selectors import api_key_find
from api_project.rest.api_keys.services import api_key_note_use
from api_project.rest.content_types import TolerantRequest
from api_project.rest.models import ApiKey

SCHEME = "Bearer"
REALM = "api"


class KeyRefused(exceptions.AuthenticationFailed):
    """A key was given and does not count. What is wrong is told only to whoever holds a real key."""


class BearerAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <api key>`, https://www.rfc-editor.org/rfc/rfc6750"""

    def authenticate(self, request: Request) -> tuple[AbstractBaseUser, ApiKey] | None:
        scheme, _, key = authentication.get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        api_key = _find_usable(key.strip())
        api_key_note_use(api_key=api_key, now=timezone.now())
        return api_key.user, api_key

    def authenticate_header(self, request: Request) -> str:
        return f'{SCHEME} realm="{REALM}"'


def _find_usable(key: str) -> ApiKey:
    if not key:
        raise KeyRefused("The Authorization header has no key after Bearer.")
    api_key = api_key_find(key=key)
    if api_key is None:
        raise KeyRefused("The API key is unknown.")
    if api_key.revoked_at is not None:
        raise KeyRefused("The API key was revoked.")
    if api_key.is_expired(timezone.now()):
        raise KeyRefused("The API key has expired.")
    if not api_key.user.is_active:
        raise KeyRefused("The user of this API key is deactivated.")
    return api_key


class SessionAuthentication(authentication.SessionAuthentication):
    """Django's session. Writes need the X-CSRFToken header; the form field that Django also takes is not looked for."""

    def enforce_csrf(self, request: Request) -> None:
        # Looking for the form field would read and store a whole upload before anybody knows who sends it.
        bodiless = _without_body(request._request)
        check = authentication.CSRFCheck(lambda _: HttpResponse())
        check.process_request(bodiless)
        reason: Any = check.process_view(bodiless, lambda _: HttpResponse(), (), {})
        if reason:
            raise exceptions.PermissionDenied(f"The session needs a CSRF token: {reason}")


def _without_body(request: HttpRequest) -> HttpRequest:
    bodiless = TolerantRequest(request.META)
    bodiless.POST = QueryDict()
    if hasattr(request, "session"):
        bodiless.session = request.session
    return bodiless
