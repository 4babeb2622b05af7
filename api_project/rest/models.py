"""The keys with which programs sign in."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from uuid6 import uuid7

from api_project.rest.idempotency.models import IdempotencyKey

__all__ = ["ApiKey", "IdempotencyKey"]


class ApiKey(models.Model):
    """One key of one user. The key itself is never stored: only its hash, and its first characters to tell it by."""

    class Scope(models.TextChoices):
        READ = "read"
        WRITE = "write"

    class State(models.TextChoices):
        ACTIVE = "active"
        EXPIRED = "expired"
        REVOKED = "revoked"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)
    key_hash = models.CharField(max_length=64)
    scope = models.CharField(max_length=5, choices=Scope, default=Scope.WRITE)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key_hash"], name="rest_api_key_hash_unique"),
            models.CheckConstraint(condition=Q(scope__in=["read", "write"]), name="rest_api_key_scope_known"),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("created_at")),
                name="rest_api_key_expires_after_creation",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="rest_api_key_by_user"),
            models.Index(fields=["user", "-id"], condition=Q(revoked_at=None), name="rest_api_key_not_revoked"),
            models.Index(fields=["user", "created_at"], name="rest_api_key_made"),
            models.Index(Coalesce("revoked_at", "expires_at"), name="rest_api_key_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.scope})"

    def is_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    def state(self, now: datetime) -> State:
        """Return whether the key is good for anything, as far as the key itself goes."""
        if self.revoked_at is not None:
            return self.State.REVOKED
        return self.State.EXPIRED if self.is_expired(now) else self.State.ACTIVE

    @classmethod
    def usable(cls, now: datetime) -> Q:
        """Return the condition under which a key is `active`."""
        return Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=now))

    @property
    def may_write(self) -> bool:
        return self.scope == self.Scope.WRITE
