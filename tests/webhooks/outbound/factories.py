"""Endpoints for tests, made the way the service makes them."""

from typing import Any

from tests.factories import make_user
from webhooks.models import Endpoint
from webhooks.outbound.endpoints import endpoint_create

# Literal, so that nothing is looked up.
URL = "https://93.184.215.14/hooks"


def make_endpoint(user: str = "ada", url: str = URL, **fields: Any) -> Endpoint:
    """Make an endpoint of a user. Fields that the service does not take are written afterwards."""
    taken = {name: fields.pop(name) for name in ("description", "event_types", "payload", "enabled") if name in fields}
    endpoint, _ = endpoint_create(owner=make_user(user), url=url, **taken)
    if fields:
        Endpoint.objects.filter(pk=endpoint.pk).update(**fields)
        endpoint.refresh_from_db()
    return endpoint
