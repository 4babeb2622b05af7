"""Making, changing and deleting a user's endpoints, and having them tested."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from uuid6 import uuid7

from api_project.rest.services import user_require_active
from api_project.work.leases import FRESH, RELEASED
from webhooks.models import DeliverySlot, Endpoint, Event, PayloadLevel, Reason, SigningSecret
from webhooks.outbound.destinations import Destination
from webhooks.outbound.event_data import PING_DATA
from webhooks.outbound.event_types import EVERYTHING, PING
from webhooks.outbound.events import event_write_to
from webhooks.outbound.exceptions import EndpointDisabled, TooManyEndpoints
from webhooks.outbound.secrets import secret_make, secret_rotate
from webhooks.outbound.selectors import own_endpoints
from webhooks.outbound.slots import slots_wake
from webhooks.outbound.targets import check_target
from webhooks.outbound.waiting import waiting_bring_forward, waiting_end

logger = logging.getLogger(__name__)

MAX_ENDPOINTS = 50
# The columns that belong to the owner; all others are the worker's.
OWNERS_OWN = {"url", "description", "event_types", "payload", "enabled"}
# There is no e-mail to send about its end any more.
_NO_NOTICE = {"next_attempt_at": None, **FRESH, **RELEASED}

Check = Callable[[Endpoint], None]


def endpoint_create(
    *,
    owner: User,
    url: str,
    description: str = "",
    event_types: Sequence[str] = (EVERYTHING,),
    payload: str = PayloadLevel.SUMMARY,
    enabled: bool = True,
    endpoint_id: UUID | None = None,
) -> tuple[Endpoint, str]:
    """Make an endpoint and return it with its secret, which is not shown again.

    Args:
        endpoint_id: its id, for who may ask twice for the same one; the second time raises IntegrityError.

    Raises TargetRefused for a URL that nothing is sent to, TooManyEndpoints and AccountClosed.
    """
    # A name is resolved for it, so no transaction waits for that.
    check_target(url)
    now = timezone.now()
    endpoint = Endpoint(
        pk=endpoint_id or uuid7(),
        owner=owner,
        url=url,
        description=description,
        event_types=list(event_types),
        payload=payload,
        created_at=now,
        **({} if enabled else _disabled(now)),
    )
    with transaction.atomic():
        # One at a time, else two requests count to 49 together.
        user_require_active(user_id=owner.pk)
        if own_endpoints(owner=owner).count() >= MAX_ENDPOINTS:
            raise TooManyEndpoints(f"There are {MAX_ENDPOINTS} webhook endpoints already; delete one first.")
        endpoint.save(force_insert=True)
        DeliverySlot.objects.create(endpoint=endpoint, number=0)
        secret = secret_make(owner=owner, endpoint=endpoint, now=now)
    _log(endpoint, "made")
    return endpoint, secret


def endpoint_update(*, endpoint: Endpoint, changes: Mapping[str, Any], check: Check | None = None) -> Endpoint:
    """Change what is the owner's own. What waits for a disabled one is ended; a new URL or enabling begins anew.

    What waits for one with a new URL is tried there at once.

    Args:
        check: is given the row as it is, locked, and raises what stands against changing it.

    Raises TargetRefused for a URL that nothing is sent to, and Endpoint.DoesNotExist for one that was deleted.
    """
    if unknown := changes.keys() - OWNERS_OWN:
        raise ValueError(f"Not the owner's to change: {', '.join(unknown)}.")
    if "url" in changes:
        check_target(changes["url"])
    now = timezone.now()
    with transaction.atomic():
        current = _lock(endpoint, check)
        changed = {name: value for name, value in changes.items() if value != getattr(current, name)}
        columns = {**changed, **_switched(current, changed.get("enabled"), now)}
        if changed.get("enabled") or "url" in changed:
            columns |= {"failing_from": None, "last_failed_at": None, "judged_from": now, "not_before": None}
        if columns:
            Endpoint.objects.filter(pk=endpoint.pk).update(**columns)
        endpoint.refresh_from_db()
        _see_to_waiting(endpoint, changed, now)
    if changed:
        _log(endpoint, "changed", f": {', '.join(sorted(changed))}")
    return endpoint


def _see_to_waiting(endpoint: Endpoint, changed: Collection[str], now: datetime) -> None:
    """End what waits for one that is told nothing; try all of it at once where there is a new URL."""
    if not {"enabled", "url"} & set(changed):
        return
    slots_wake([endpoint.pk], now=now)
    if not endpoint.enabled:
        waiting_end(endpoint.pk, Reason.ENDPOINT_DISABLED, now=now)
    elif "url" in changed:
        waiting_bring_forward(endpoint.pk, now=now)


def endpoint_delete(*, endpoint: Endpoint, check: Check | None = None) -> None:
    """Delete an endpoint with its secret: from now on it is told nothing, and what waits for it is ended.

    `check` is as for `endpoint_update`, and so is what it raises.
    """
    now = timezone.now()
    with transaction.atomic():
        _lock(endpoint, check)
        Endpoint.objects.filter(pk=endpoint.pk).update(deleted_at=now, url="", description="", **_NO_NOTICE)
        SigningSecret.objects.filter(endpoint=endpoint).delete()
        slots_wake([endpoint.pk], now=now)
        waiting_end(endpoint.pk, Reason.ENDPOINT_DELETED, now=now)
    _log(endpoint, "deleted")


def endpoint_ping(*, endpoint: Endpoint) -> Event:
    """Send an endpoint a test, whatever it asks for. Raises EndpointDisabled when it is told nothing."""
    with transaction.atomic():
        user_require_active(user_id=endpoint.owner_id)
        current = _lock(endpoint, None)
        if not current.is_told:
            raise EndpointDisabled
        event = event_write_to(
            told=[Destination(current)],
            owner_id=current.owner_id,
            kind=PING,
            subject=current.pk,
            data=lambda level: PING_DATA.pick(level, {"id": str(current.pk), "description": current.description}),
            now=timezone.now(),
        )
    _log(endpoint, "pinged", f" by {event.pk}")
    return event


def endpoint_rotate_secret(*, endpoint: Endpoint) -> str:
    """Return a new secret of an endpoint; those before it sign beside it for a while. Raises Endpoint.DoesNotExist."""
    with transaction.atomic():
        # A secret that is missing is made, though not for what is being deleted.
        user_require_active(user_id=endpoint.owner_id)
        current = _lock(endpoint, None)
        now = timezone.now()
        secret = secret_rotate(owner=current.owner, endpoint=current, now=now)
        # What could not be signed with the one before need wait no longer.
        slots_wake([current.pk], now=now)
    _log(endpoint, "given another secret", action="secret_rotated")
    return secret


def default_secret_rotate(*, owner: User) -> str:
    """Return a new default secret of a user, which signs what goes to a `webhook_url`; else as for an endpoint."""
    with transaction.atomic():
        user_require_active(user_id=owner.pk)
        now = timezone.now()
        secret = secret_rotate(owner=owner, endpoint=None, now=now)
        waiting = DeliverySlot.objects.filter(
            endpoint__owner=owner, endpoint__kind=Endpoint.Kind.ORIGIN, next_attempt_at__isnull=False
        )
        slots_wake(list(waiting.values_list("endpoint", flat=True)), now=now)
    # Whether it is the first one or not.
    logger.info("User %s is given another default secret.", owner.pk, extra={"action": "default_secret.rotated"})
    return secret


def _lock(endpoint: Endpoint, check: Check | None) -> Endpoint:
    current = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk, deleted_at=None)
    if check:
        check(current)
    return current


def _switched(current: Endpoint, enabled: bool | None, now: datetime) -> dict[str, Any]:
    """Return what enabling or disabling changes; one that is disabled already keeps its reason."""
    if enabled is None or enabled == current.enabled:
        return {}
    return {"enabled": True, "disabled_reason": "", "disabled_at": None, **_NO_NOTICE} if enabled else _disabled(now)


def _disabled(now: datetime) -> dict[str, Any]:
    return {"enabled": False, "disabled_reason": Endpoint.DisabledReason.OWNER, "disabled_at": now}


def _log(endpoint: Endpoint, what: str, more: str = "", *, action: str = "") -> None:
    extra = {"action": f"endpoint.{action or what}"}
    logger.info("Webhook endpoint %s is %s%s.", endpoint.pk, what, more, extra=extra)
