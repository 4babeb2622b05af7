"""The keys that creating requests were sent under."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class IdempotencyKey(models.Model):
    """One key of one user, and what was made under it. It counts until `until`; afterwards it is free again.

    While the request is in progress `until` ends the lease of whoever holds `token`; later it ends the memory of what
    was made. Only its id is kept: the answer to a repeated request shows the record as it is by then.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="idempotency_keys")
    key = models.CharField(max_length=255)
    token = models.UUIDField(help_text="Who may finish it.")
    until = models.DateTimeField()
    fingerprint = models.CharField(max_length=64, blank=True, help_text="Of the request, once it made something.")
    resource_id = models.UUIDField(null=True, blank=True, help_text="What it made.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="rest_idempotency_key_unique"),
            models.CheckConstraint(
                condition=Q(fingerprint="", resource_id=None) | (~Q(fingerprint="") & Q(resource_id__isnull=False)),
                name="rest_idempotency_key_made_something",
            ),
        ]
        indexes = [models.Index(fields=["until"], name="rest_idempotency_key_until")]

    def __str__(self) -> str:
        return f"{self.pk} ({'made something' if self.resource_id else 'in progress'})"
