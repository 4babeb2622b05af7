"""Reading what users have about callbacks. What belongs to somebody else is not there."""

from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from webhooks.models import Endpoint, Recovery, SigningSecret


def own_endpoints(*, owner: User) -> QuerySet[Endpoint]:
    """Return a user's endpoints, newest first, with their secrets' rows and, as `latest_recoveries`, one at most."""
    same = Recovery.objects.filter(endpoint=OuterRef("endpoint")).order_by("-pk")
    latest = Recovery.objects.filter(pk=Subquery(same.values("pk")[:1]))
    endpoints = Endpoint.objects.filter(owner=owner, kind=Endpoint.Kind.REGISTERED, deleted_at=None)
    recoveries = Prefetch("recoveries", queryset=latest, to_attr="latest_recoveries")
    return endpoints.select_related("signing_secret").prefetch_related(recoveries).order_by("-id")


def own_endpoint(*, owner: User, endpoint_id: UUID) -> Endpoint:
    """Return one of a user's endpoints. Raises `Endpoint.DoesNotExist` for anybody else's, and for deleted ones."""
    return own_endpoints(owner=owner).get(pk=endpoint_id)


def default_secret(*, owner: User) -> SigningSecret | None:
    """Return the row of what signs callbacks to a user's `webhook_url`s, if there is one yet."""
    return SigningSecret.objects.filter(owner=owner, endpoint=None).first()
