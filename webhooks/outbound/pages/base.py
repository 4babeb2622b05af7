"""What all pages about callbacks have in common."""

from typing import Any, cast
from uuid import UUID

from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from api_project.rest.exceptions import AccountClosed
from webhooks.models import Delivery, Endpoint
from webhooks.outbound.lists import own_delivery
from webhooks.outbound.selectors import own_endpoint


@method_decorator(never_cache, name="dispatch")
class CallbackPage(LoginRequiredMixin, View):
    """A page for whoever is signed in; all others are sent to sign in."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except (Endpoint.DoesNotExist, Delivery.DoesNotExist) as exc:
            # It was deleted while this was asked for, or has gone with all that its owner had.
            raise Http404 from exc
        except AccountClosed as exc:
            raise PermissionDenied from exc

    @property
    def owner(self) -> User:
        return cast(User, self.request.user)

    def endpoint(self, endpoint_id: UUID) -> Endpoint:
        """Return one of the user's own endpoints; 404 for all others."""
        return own_endpoint(owner=self.owner, endpoint_id=endpoint_id)

    def delivery(self, delivery_id: UUID) -> Delivery:
        """Return one of the user's own deliveries; 404 for all others."""
        return own_delivery(owner=self.owner, delivery_id=delivery_id)

    def answer(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        return render(self.request, f"webhooks/{template}", context, status=status)
