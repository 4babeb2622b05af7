"""The forms about endpoints."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from uuid6 import uuid7

from api_project.rest.strict_fields import one_line
from webhooks.models import Endpoint, PayloadLevel
from webhooks.models.endpoint import MAX_URL
from webhooks.outbound.event_types import EVENT_TYPES, EVERYTHING, selectors

MAX_DESCRIPTION = 200
SOME = "some"
DESCRIBED = {kind.name: kind.summary for kind in EVENT_TYPES}


def event_words(name: str) -> str:
    """Return in words what one asks for by a type of events, by a group of them, or by `*`."""
    if name == EVERYTHING:
        return "Everything"
    return DESCRIBED.get(name) or f"Everything about {name.removesuffix('.*')}s"


class AimedForm(forms.Form):
    """A form that is shown again with the first field in focus that something is wrong with."""

    def aim(self) -> None:
        faulty = [field for field in self.visible_fields() if field.errors]
        for field in faulty[:1]:
            field.field.widget.attrs["autofocus"] = True
        for field in faulty:
            # Else it would be described by its hint alone.
            if hint := field.field.widget.attrs.get("aria-describedby"):
                field.field.widget.attrs["aria-describedby"] = f"{hint} {field.auto_id}_error"

    @property
    def errors_of_all(self) -> list[str]:
        """Return what is wrong with no field that is seen."""
        return [*self.non_field_errors(), *(error for field in self.hidden_fields() for error in field.errors)]


class EndpointForm(AimedForm):
    """What the owner says about an endpoint."""

    # A form that is sent twice makes one endpoint.
    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    url = forms.CharField(
        max_length=MAX_URL,
        label="Address",
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://", "aria-describedby": "url-hint"}),
        error_messages={"required": "An address is needed."},
    )
    description = forms.CharField(
        max_length=MAX_DESCRIPTION,
        validators=[one_line],
        required=False,
        label="What it is for",
    )
    told_of = forms.ChoiceField(
        choices=[(EVERYTHING, "Everything, also what is added later"), (SOME, "Only what is chosen here")],
        initial=EVERYTHING,
        label="What it is told of",
        widget=forms.RadioSelect,
    )
    event_types = forms.MultipleChoiceField(
        choices=[(name, event_words(name)) for name in selectors() if name != EVERYTHING],
        required=False,
        label="Events",
        widget=forms.CheckboxSelectMultiple,
    )
    payload = forms.ChoiceField(
        choices=[(level.value, level.label.rstrip(".")) for level in PayloadLevel],
        initial=PayloadLevel.SUMMARY.value,
        label="How much it is told",
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("told_of") == SOME and not cleaned.get("event_types") and "event_types" not in self.errors:
            self.add_error("event_types", "Choose one at least.")
        return cleaned

    @property
    def given_id(self) -> UUID:
        """Return the id that the form proposes, which another of the same form may have used."""
        return self.cleaned_data["id"] or uuid7()

    @property
    def wishes(self) -> dict[str, Any]:
        """Return what was filled in, as services take it."""
        fields = self.cleaned_data
        everything = fields["told_of"] == EVERYTHING
        return {
            "url": fields["url"],
            "description": fields["description"],
            "event_types": [EVERYTHING] if everything else fields["event_types"],
            "payload": fields["payload"],
        }


def new_form() -> EndpointForm:
    return EndpointForm(initial={"id": uuid7()})


def form_of(endpoint: Endpoint) -> EndpointForm:
    """Return the form with what an endpoint has."""
    everything = EVERYTHING in endpoint.event_types
    initial = {
        "url": endpoint.url,
        "description": endpoint.description,
        "told_of": EVERYTHING if everything else SOME,
        "event_types": [] if everything else endpoint.event_types,
        "payload": endpoint.payload,
    }
    return EndpointForm(initial=initial)


def changes(endpoint: Endpoint, wishes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is to be changed: a URL that stays as it is need not be looked at again."""
    found = {name: value for name, value in wishes.items() if value != getattr(endpoint, name)}
    if "event_types" in found and set(found["event_types"]) == set(endpoint.event_types):
        del found["event_types"]
    return found


class RecoveryForm(AimedForm):
    """Since when to send again. What the browser's field gives has no zone; it is UTC unless a script says more."""

    since = forms.DateTimeField(
        label="Since (UTC)",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": "A day and a time are needed.", "invalid": "This is no day and time."},
    )
    moment = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["since"] = _exact(cleaned.get("moment", "")) or cleaned.get("since")
        if cleaned["since"] and cleaned["since"] > timezone.now():
            self.add_error("since", "That is still to come.")
        return cleaned


def _exact(moment: str) -> datetime | None:
    """Return a time that has a zone, else None."""
    try:
        found = datetime.fromisoformat(moment)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def recovery_form(since: datetime) -> RecoveryForm:
    return RecoveryForm(initial={"since": since.astimezone(UTC)})
