"""Signing people in by a one-time link, for a service that nobody has given a password yet."""

from urllib.parse import urljoin

import sesame.utils
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from sesame.views import LoginView as SesameLoginView


def sign_in_link(user: AbstractBaseUser, base_url: str) -> str:
    """Return an address that signs this user in once, within SESAME_MAX_AGE seconds from now."""
    query: str = sesame.utils.get_query_string(user)
    return urljoin(base_url, reverse("sign-in-link")) + query


@method_decorator(never_cache, name="dispatch")
class SignInLinkView(SesameLoginView):  # type: ignore[misc]
    """Sign in by the link; a link that is used, old or wrong leads to a page that says how to get another."""

    # Without HEAD: whatever looks at the address first, such as a link preview, must not use it up.
    http_method_names = ["get"]

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        return response

    def login_failed(self) -> HttpResponse:
        if self.request.user.is_authenticated:
            # Such as whoever opens the bookmarked link again.
            return redirect(settings.LOGIN_REDIRECT_URL)
        return render(self.request, "registration/sign_in_link_failed.html", status=403)
