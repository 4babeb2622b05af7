"""Looking at whom something new names to be told of it."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User

from transcripts.exceptions import DestinationRefused
from webhooks.models import Endpoint
from webhooks.outbound.selectors import own_endpoints
from webhooks.outbound.targets import TargetRefused, check_target


def check_named(sender: Any, *, owner: User, endpoints: Collection[UUID] | None, url: str, **kwargs: Any) -> None:
    """Raise DestinationRefused for an endpoint or a URL that would not be told, in words for who named it."""
    if endpoints:
        _require_told(owner, endpoints)
    if url:
        try:
            check_target(url)
        except TargetRefused as exc:
            raise DestinationRefused(exc.message, field="webhook_url", code=exc.code) from exc


def _require_told(owner: User, named: Collection[UUID]) -> None:
    own: dict[UUID, Endpoint] = own_endpoints(owner=owner).in_bulk(list(named))
    if missing := [str(endpoint) for endpoint in named if endpoint not in own]:
        raise _refused(f"You have no such webhook endpoint: {', '.join(missing)}.", "unknown")
    if silent := [str(pk) for pk, endpoint in own.items() if not endpoint.enabled]:
        raise _refused(f"This webhook endpoint is disabled; enable it first: {', '.join(silent)}.", "disabled")


def _refused(message: str, code: str) -> DestinationRefused:
    return DestinationRefused(message, field="webhook_endpoints", code=code)
