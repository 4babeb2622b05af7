"""The columns that make a row its own queue entry, and the alarms that hold a kind of work back."""

from typing import Any

from django.db import models
from django.db.models import Q


class WorkRow(models.Model):
    """A row that needs work while `next_attempt_at` is set, and is being worked on while its lease runs.

    `attempts` counts claims since the last success and sets the back-off; `crashes` counts claims that ended without
    any recorded outcome, so that a row which kills its worker comes to an end; `failing_since` is when the present run
    of transient failures began, and decides giving up by age.
    """

    next_attempt_at = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveIntegerField(default=0, editable=False)
    crashes = models.PositiveSmallIntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    lease_token = models.UUIDField(null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def about(self) -> Any:
        """Return the id that the log names with all work on this row: that of the thing that clients know."""
        return self.pk


class Alarm(models.Model):
    """Something only the operator can mend. While one is open, its kind of work is tried by one row at a time."""

    class Reason(models.TextChoices):
        CREDENTIALS = "credentials"
        OUTAGE = "outage"

    key = models.CharField(max_length=50, help_text="What is affected, such as a provider's name.")
    reason = models.CharField(max_length=20, choices=Reason.choices)
    detail = models.TextField(help_text="The cause in words for the operator.")
    raised_at = models.DateTimeField()
    probe_at = models.DateTimeField(help_text="When the next single row may try again.")
    cleared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reason__in=["credentials", "outage"]), name="work_alarm_reason_known"),
            models.UniqueConstraint(fields=["key"], condition=Q(cleared_at=None), name="work_alarm_one_open_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.reason}"
