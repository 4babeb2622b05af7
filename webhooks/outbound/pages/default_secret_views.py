"""The page of the default secret, which signs what goes to a `webhook_url`."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from webhooks.outbound.endpoints import default_secret_rotate
from webhooks.outbound.pages.base import CallbackPage
from webhooks.outbound.pages.new_secrets import carried_secret, carry_secret, forget_secret
from webhooks.outbound.pages.presenting import ShownSecret
from webhooks.outbound.secrets import GRACE
from webhooks.outbound.selectors import default_secret

PAGE = "webhook-default-secret-page"


class DefaultSecretPageView(CallbackPage):
    """Say whether there is one, make it or a new one, and show that once."""

    def get(self, request: HttpRequest) -> HttpResponse:
        row = default_secret(owner=self.owner)
        context = {
            "shown": ShownSecret(row) if row else None,
            "secret": carried_secret(request, row),
            "hours": GRACE.total_seconds() // 3600,
        }
        response = self.answer("default_secret.html", context)
        forget_secret(request, response, page=reverse(PAGE))
        return response

    def post(self, request: HttpRequest) -> HttpResponse:
        response = redirect(PAGE)
        carry_secret(response, default_secret_rotate(owner=self.owner), page=reverse(PAGE))
        return response
