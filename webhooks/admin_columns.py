"""Columns and filters of the operator's lists, narrow enough to stand beside each other, and with no whole URL."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import Truncator

from webhooks.models import Attempt, Delivery, Endpoint, Event

# Ids of one moment begin alike, and end at random.
ID_END = 12
LONGEST_HOST = 24


def _short(whole: UUID) -> str:
    return format_html('<span title="{}">…{}</span>', whole, str(whole)[-ID_END:])


@admin.display(description="id", ordering="pk")
def short_id(row: Any) -> str:
    return _short(row.pk)


@admin.display(description="subject")
def short_subject(event: Event) -> str:
    return _short(event.subject)


@admin.display(description="delivery")
def short_delivery(attempt: Attempt) -> str:
    return _short(attempt.delivery_id)


@admin.display(description="reason", empty_value="")
def reason_code(row: Delivery | Attempt) -> str:
    """Return the word that the API and the log have for it."""
    return row.reason


@admin.display(description="state")
def endpoint_state(endpoint: Endpoint) -> str:
    if endpoint.deleted_at:
        return "deleted"
    return "enabled" if endpoint.enabled else f"disabled: {endpoint.disabled_reason}"


@admin.display(description="kind", ordering="kind")
def endpoint_kind(endpoint: Endpoint) -> str:
    return "origin (webhook_url)" if endpoint.kind == Endpoint.Kind.ORIGIN else "registered"


@admin.display(description="host")
def endpoint_host(endpoint: Endpoint) -> str:
    return _host(endpoint.url)


@admin.display(description="to")
def delivery_host(delivery: Delivery) -> str:
    if delivery.endpoint.deleted_at:
        return "deleted"
    return _host(delivery.url or delivery.endpoint.url)


def _host(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    return format_html('<span title="{}">{}</span>', host, Truncator(host).chars(LONGEST_HOST)) if host else ""


class DeletedFilter(admin.SimpleListFilter):
    """Endpoints that are there, or those of which only the deliveries are kept."""

    title = "whether it was deleted"
    parameter_name = "deleted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "Not deleted"), ("yes", "Deleted")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> QuerySet[Endpoint]:
        return queryset.filter(deleted_at__isnull=self.value() == "no") if self.value() in ("no", "yes") else queryset
