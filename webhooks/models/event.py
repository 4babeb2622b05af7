"""What happened, as third parties are told it: pushed to endpoints, and pulled from the feed."""

from django.conf import settings
from django.db import models
from uuid6 import uuid7

from webhooks.models.endpoint import PayloadLevel


class EventFeed(models.Model):
    """The last position in one user's feed.

    Whoever writes an event takes the next one and keeps this row locked until the commit. So positions are in the order
    of commits and without gaps, and no reader can pass by one that is still to come.
    """

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="event_feed"
    )
    last_position = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.owner_id}: {self.last_position}"


class Event(models.Model):
    """Something that happened to a user's transcript, call, recording or endpoint. Never changed, but blanked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="events")
    position = models.BigIntegerField(help_text="In the owner's feed, from 1, in the order of commits.")
    type = models.CharField(max_length=40)
    subject = models.UUIDField(help_text="The id of what it happened to.")
    created_at = models.DateTimeField(editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, help_text="When its payloads were blanked.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "position"], name="webhooks_event_position_unique"),
        ]
        indexes = [
            models.Index(fields=["subject"], name="webhooks_event_by_subject"),
            models.Index(fields=["owner", "type", "position"], name="webhooks_event_by_type"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.id}"


class EventPayload(models.Model):
    """The body of an event as it is sent, serialised once: every attempt signs and sends these very bytes."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="payloads")
    level = models.CharField(max_length=20, choices=PayloadLevel.choices)
    body = models.TextField(help_text="JSON. Blank once what it is about was deleted.", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "level"], name="webhooks_eventpayload_once_per_level"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.level}"
