"""What the operator sees of callbacks: states, reasons and ids, never a secret, a body, an answer or a whole URL."""

from typing import Any, ClassVar
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from api_project.operating.paginating import BoundedPaginator
from webhooks.admin_columns import (
    DeletedFilter,
    delivery_host,
    endpoint_host,
    endpoint_kind,
    endpoint_state,
    reason_code,
    short_delivery,
    short_id,
    short_subject,
)
from webhooks.models import Attempt, Delivery, Endpoint, Event
from webhooks.outbound.event_types import EVENT_TYPES
from webhooks.outbound.exceptions import NotDeliverable
from webhooks.outbound.repairing import delivery_redeliver

# Each is a transaction of its own; whoever wants more recovers an endpoint.
MOST_REDELIVERED = 500


class _SeenAlone:
    """Rows that the service alone changes."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class _Rows(_SeenAlone, admin.ModelAdmin):  # type: ignore[type-arg]
    """A list that stays quick: it is counted so far and no further, nothing for filters, and ids are looked up."""

    ordering = ("-pk",)
    paginator = BoundedPaginator
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    # Makes the field for searching appear.
    search_fields = ("pk",)
    search_help_text = "An id, or the name of a user."
    # Lookups by which a row is found by an id.
    found_by: ClassVar[tuple[str, ...]] = ("pk",)
    found_by_owner = "owner__username"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        try:
            searched = UUID(term)
        except ValueError:
            return queryset.filter(**{self.found_by_owner: term}), False
        return queryset.filter(Q(*((lookup, searched) for lookup in self.found_by), _connector=Q.OR)), False


class _TypeFilter(admin.SimpleListFilter):
    """By type of event, from the table of them: the database would look through all rows for what there is."""

    title = "type"
    parameter_name = "type"
    lookup = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind.name, kind.name) for kind in EVENT_TYPES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        return queryset.filter(**{self.lookup: self.value()}) if self.value() else queryset


class _EventTypeFilter(_TypeFilter):
    lookup = "event__type"


class _ReasonFilter(admin.ChoicesFieldListFilter):
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found = super().queryset(request, queryset)
        # There is an index of those that have a reason, which SQLite takes only where it is told so.
        return found.exclude(reason="") if found is not None and self.used_parameters else queryset


@admin.register(Endpoint)
class EndpointAdmin(_Rows):
    list_display = (short_id, endpoint_kind, endpoint_host, endpoint_state, "failing_from", "owner")
    list_filter = (DeletedFilter, "enabled", "disabled_reason", "kind")
    list_select_related = ("owner",)
    fields = (
        *("id", "owner", "kind", "origin", "enabled", "disabled_reason", "disabled_at", "failing_from"),
        *("event_types", "payload", "created_at", "deleted_at"),
    )

    @admin.display
    def origin(self, endpoint: Endpoint) -> str:
        try:
            parts = urlsplit(endpoint.url)
        except ValueError:
            return ""
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if endpoint.url else ""


@admin.register(Event)
class EventAdmin(_Rows):
    list_display = (short_id, "type", short_subject, "owner", "position", "created_at", "erased_at")
    list_filter = (_TypeFilter,)
    list_select_related = ("owner",)
    found_by = ("pk", "subject")
    fields = ("id", "owner", "type", "subject", "position", "created_at", "erased_at")


class AttemptInline(_SeenAlone, admin.TabularInline):  # type: ignore[type-arg]
    model = Attempt
    fields = ("number", "started_at", "duration_ms", "status_code", "reason")
    ordering = ("-pk",)
    extra = 0


@admin.register(Delivery)
class DeliveryAdmin(_Rows):
    list_display = (short_id, "type", "status", reason_code, "next_attempt_at", delivery_host, "owner")
    list_filter = ("status", ("reason", _ReasonFilter), _EventTypeFilter)
    list_select_related = ("owner", "event", "endpoint")
    found_by = ("pk", "event", "endpoint")
    fields = (
        *("id", "status", "reason", "owner", "type", "event", "endpoint", "level"),
        *("attempts", "failures", "next_attempt_at", "created_at", "ended_at"),
    )
    inlines = (AttemptInline,)
    actions = ("redeliver",)

    @admin.display
    def type(self, delivery: Delivery) -> str:
        return delivery.event.type

    def has_redeliver_permission(self, request: HttpRequest) -> bool:
        """Return whether who asks may have deliveries made again: it changes them."""
        return request.user.has_perm("webhooks.change_delivery")

    @admin.action(description="Deliver again", permissions=["redeliver"])
    def redeliver(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        chosen = list(queryset.order_by("pk")[: MOST_REDELIVERED + 1])
        if len(chosen) > MOST_REDELIVERED:
            words = f"No more than {MOST_REDELIVERED} at a time."
            self.message_user(request, words, messages.ERROR)
            return
        done = [delivery for delivery in chosen if self._redelivered(request, delivery)]
        self.message_user(request, f"{len(done)} of {len(chosen)} are due again.", messages.SUCCESS)

    def _redelivered(self, request: HttpRequest, delivery: Delivery) -> bool:
        try:
            delivery_redeliver(delivery=delivery)
        except NotDeliverable as exc:
            self.message_user(request, f"{delivery.pk}: {exc}", messages.WARNING)
            return False
        except Delivery.DoesNotExist:
            # It has gone with all that its owner had.
            self.message_user(request, f"{delivery.pk} is not there any more.", messages.WARNING)
            return False
        self.log_change(request, delivery, "Delivered again.")
        return True


@admin.register(Attempt)
class AttemptAdmin(_Rows):
    list_display = (short_id, short_delivery, "number", "started_at", "duration_ms", "status_code", reason_code)
    list_filter = (("reason", _ReasonFilter),)
    found_by = ("pk", "delivery")
    found_by_owner = "delivery__owner__username"
    fields = ("id", "delivery", "number", "started_at", "duration_ms", "status_code", "reason")
