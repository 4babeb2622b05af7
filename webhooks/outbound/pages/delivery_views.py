"""The pages of deliveries: the list, one of them with its attempts, and sending it again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from transcripts.selectors import transcript_list
from webhooks.models import Attempt, Delivery, EventPayload
from webhooks.outbound.exceptions import WebhooksError
from webhooks.outbound.lists import MOST_ATTEMPTS
from webhooks.outbound.pages.base import CallbackPage
from webhooks.outbound.pages.listing import delivery_page
from webhooks.outbound.pages.showing_deliveries import ShownAttempt, shown_deliveries
from webhooks.outbound.repairing import delivery_redeliver
from webhooks.outbound.selectors import own_endpoints


class DeliveriesView(CallbackPage):
    """List what is and was on its way, to all endpoints."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.answer("deliveries.html", {"page": delivery_page(owner=self.owner, parameters=request.GET)})


class DeliveryView(CallbackPage):
    """The page of one delivery, or the form on it."""

    def shown(self, delivery: Delivery, *, problem: str = "", status: int = 200) -> HttpResponse:
        attempts = list(Attempt.objects.filter(delivery=delivery).order_by("-pk")[: MOST_ATTEMPTS + 1])
        context = {
            "shown": shown_deliveries([delivery])[0],
            "attempts": [ShownAttempt(attempt) for attempt in attempts[:MOST_ATTEMPTS]],
            "more_attempts": len(attempts) > MOST_ATTEMPTS,
            "subject_page": self.subject_page(delivery),
            "body": _body(delivery),
            "problem": problem,
        }
        return self.answer("delivery.html", context, status=status)

    def subject_page(self, delivery: Delivery) -> str:
        """Return the address of the page of what the event is about; empty where there is none, or none any more."""
        subject, group = delivery.event.subject, delivery.event.type.partition(".")[0]
        if group == "transcript":
            found: Any = transcript_list(owner=self.owner).filter(pk=subject)
            return reverse("transcript-page", args=[subject]) if found.exists() else ""
        found = own_endpoints(owner=self.owner).filter(pk=subject)
        return reverse("webhook-endpoint-page", args=[subject]) if found.exists() else ""


def _body(delivery: Delivery) -> str:
    """Return what is sent; empty when it was erased."""
    same = EventPayload.objects.filter(event=delivery.event, level=delivery.level)
    return same.values_list("body", flat=True).first() or ""


class DeliveryPageView(DeliveryView):
    """Show one delivery and its attempts."""

    def get(self, request: HttpRequest, delivery_id: UUID) -> HttpResponse:
        return self.shown(self.delivery(delivery_id))


class RedeliverView(DeliveryView):
    """Send it again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, delivery_id: UUID) -> HttpResponse:
        delivery = self.delivery(delivery_id)
        try:
            delivery_redeliver(delivery=delivery)
        except WebhooksError as exc:
            return self.shown(delivery, problem=str(exc), status=409)
        messages.info(request, "It is sent again." if delivery.ended_at else "It is tried at once.")
        return redirect("delivery-page", delivery_id)
