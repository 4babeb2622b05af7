"""The pages of endpoints: the list, one of them, and what can be done to it. They need no script."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from webhooks.models import Endpoint
from webhooks.outbound.endpoints import (
    endpoint_delete,
    endpoint_ping,
    endpoint_rotate_secret,
    endpoint_update,
)
from webhooks.outbound.exceptions import TooManyEndpoints, WebhooksError
from webhooks.outbound.pages.adding import endpoint_add
from webhooks.outbound.pages.base import CallbackPage
from webhooks.outbound.pages.forms import EndpointForm, RecoveryForm, changes, form_of, new_form, recovery_form
from webhooks.outbound.pages.listing import delivery_page
from webhooks.outbound.pages.new_secrets import carried_secret, carry_secret, forget_secret
from webhooks.outbound.pages.presenting import (
    ShownEndpoint,
    ShownSecret,
    first_to_recover,
    latest_recovery,
    secret_row,
    shown_endpoints,
)
from webhooks.outbound.repairing import recovery_start
from webhooks.outbound.secrets import GRACE
from webhooks.outbound.selectors import default_secret
from webhooks.outbound.targets import TargetRefused

PAGE = "webhook-endpoint-page"
DISABLED = "It is disabled: it is told nothing, and what was pending is ended."


class EndpointsView(CallbackPage):
    """List the user's endpoints, and add one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown(new_form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = EndpointForm(request.POST)
        if not form.is_valid():
            return self.shown(form, status=400)
        try:
            endpoint, secret = endpoint_add(owner=self.owner, form=form)
        except TargetRefused as exc:
            form.add_error("url", exc.message)
            return self.shown(form, status=400)
        except TooManyEndpoints as exc:
            form.add_error(None, str(exc))
            return self.shown(form, status=409)
        response = redirect(PAGE, endpoint.pk)
        carry_secret(response, secret, page=_page(endpoint))
        return response

    def shown(self, form: EndpointForm, *, status: int = 200) -> HttpResponse:
        form.aim()
        row = default_secret(owner=self.owner)
        context = {"endpoints": shown_endpoints(self.owner), "form": form, "default": ShownSecret(row) if row else None}
        return self.answer("endpoints.html", context, status=status)


class EndpointView(CallbackPage):
    """A page about one endpoint, or one of the forms on it."""

    def shown(self, endpoint: Endpoint, *, status: int = 200, **more: Any) -> HttpResponse:
        """Answer with the endpoint's page; `more` replaces forms by those that say what is wrong."""
        missed = first_to_recover(endpoint)
        context = {
            "shown": ShownEndpoint(endpoint),
            "form": form_of(endpoint),
            "recovery": latest_recovery(endpoint),
            "recovery_form": recovery_form(missed.created_at) if missed else None,
            "page": delivery_page(owner=self.owner, parameters=self.request.GET, endpoint=endpoint),
            **more,
        }
        return self.answer("endpoint.html", context, status=status)


class EndpointPageView(EndpointView):
    """Show an endpoint with its deliveries, and change it."""

    def get(self, request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
        endpoint = self.endpoint(endpoint_id)
        response = self.shown(endpoint, secret=carried_secret(request, secret_row(endpoint)))
        forget_secret(request, response, page=_page(endpoint))
        return response

    def post(self, request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
        endpoint = self.endpoint(endpoint_id)
        form = EndpointForm(request.POST)
        if not form.is_valid():
            return self.refused(endpoint, form)
        try:
            endpoint_update(endpoint=endpoint, changes=changes(endpoint, form.wishes))
        except TargetRefused as exc:
            form.add_error("url", exc.message)
            return self.refused(endpoint, form)
        messages.info(request, "It is changed.")
        return redirect(PAGE, endpoint_id)

    def refused(self, endpoint: Endpoint, form: EndpointForm) -> HttpResponse:
        form.aim()
        return self.shown(endpoint, form=form, status=400)


class SwitchView(CallbackPage):
    """Enable or disable an endpoint.

    It is no field of the form: one that was opened before an endpoint was disabled would enable it again.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
        enabled = request.POST.get("enabled") == "true"
        endpoint_update(endpoint=self.endpoint(endpoint_id), changes={"enabled": enabled})
        messages.info(request, "It is enabled." if enabled else DISABLED)
        return redirect(PAGE, endpoint_id)


class PingView(EndpointView):
    """Send a test, and show what comes of it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
        endpoint = self.endpoint(endpoint_id)
        try:
            event = endpoint_ping(endpoint=endpoint)
        except WebhooksError as exc:
            return self.shown(endpoint, problem=str(exc), status=409)
        return redirect("delivery-page", event.deliveries.values_list("pk", flat=True).get())


class RecoverView(EndpointView):
    """Send again what an endpoint missed since a time."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
        endpoint = self.endpoint(endpoint_id)
        form = RecoveryForm(request.POST)
        if not form.is_valid():
            form.aim()
            return self.shown(endpoint, recovery_form=form, status=400)
        try:
            recovery_start(endpoint=endpoint, since=form.cleaned_data["since"])
        except WebhooksError as exc:
            form.add_error(None, str(exc))
            return self.shown(endpoint, recovery_form=form, status=409)
        messages.info(request, "What it missed is being sent again.")
        return redirect(PAGE, endpoint_id)


class NewSecretView(CallbackPage):
    """Ask whether to make a new secret, and make it."""

    def get(self, request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
        context = {"shown": ShownEndpoint(self.endpoint(endpoint_id)), "hours": GRACE.total_seconds() // 3600}
        return self.answer("new_secret.html", context)

    def post(self, request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
        endpoint = self.endpoint(endpoint_id)
        response = redirect(PAGE, endpoint_id)
        carry_secret(response, endpoint_rotate_secret(endpoint=endpoint), page=_page(endpoint))
        return response


class DeleteView(CallbackPage):
    """Ask whether to delete an endpoint, and delete it."""

    def get(self, request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
        return self.answer("delete_endpoint.html", {"shown": ShownEndpoint(self.endpoint(endpoint_id))})

    def post(self, request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
        try:
            endpoint = self.endpoint(endpoint_id)
            name = ShownEndpoint(endpoint).name
            endpoint_delete(endpoint=endpoint)
            messages.info(request, format_html("“<bdi>{}</bdi>” is deleted.", name))
        except Endpoint.DoesNotExist as exc:
            # A second press on the button: what was wished for is done.
            if not Endpoint.objects.filter(pk=endpoint_id, owner=self.owner, deleted_at__isnull=False).exists():
                raise Http404 from exc
        return redirect("webhook-endpoints-page")


def _page(endpoint: Endpoint) -> str:
    return reverse(PAGE, args=[endpoint.pk])
