"""What stands for all `webhook_url`s of a user at one scheme, host and port: made when needed, and forgotten."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from api_project.http import UrlRefused
from api_project.work.locking import lock_in_order
from webhooks.models import Delivery, DeliverySlot, Endpoint
from webhooks.outbound.targets import origin_of

logger = logging.getLogger(__name__)

AT_A_TIME = 500
# Stands for addresses that are no more: what was refused, and the ended deliveries of origins that were forgotten.
NOWHERE = ""


def endpoint_of_url(owner_id: int, url: str) -> Endpoint:
    """Return the endpoint for an address, locked so that it is not forgotten before the transaction ends."""
    origin = _origin_or_nowhere(url)
    same = _origins().filter(owner=owner_id, url=origin)
    # Somebody else may make it at the same moment, or have forgotten it at the last.
    while (found := same.select_for_update(no_key=True).first()) is None:
        _make(owner_id, origin)
    return found


def _origins() -> QuerySet[Endpoint]:
    return Endpoint.objects.filter(kind=Endpoint.Kind.ORIGIN)


def _make(owner_id: int, origin: str) -> None:
    made = Endpoint(owner_id=owner_id, kind=Endpoint.Kind.ORIGIN, url=origin, created_at=timezone.now())
    Endpoint.objects.bulk_create([made], ignore_conflicts=True)
    if Endpoint.objects.filter(pk=made.pk).exists():
        DeliverySlot.objects.create(endpoint=made, number=0)


def _origin_or_nowhere(url: str) -> str:
    try:
        return origin_of(url)
    except UrlRefused:
        # It was taken when less was refused. What the event is about goes on; that it is not told can be seen.
        return NOWHERE


def origins_forget() -> None:
    """Delete what stands for addresses of which none is kept any more: scheme, host and port go with the last.

    An address stays with its delivery until what that tells of is deleted. The deliveries themselves stay, at nowhere.
    """
    # Those of a user who is being erased go with all the rest.
    unnamed = _origins().filter(~Exists(_named(OuterRef("pk"))), deleted_at=None).exclude(url=NOWHERE)
    for origin in unnamed:
        while _move_some(origin):
            pass
        if _forget(origin, now=timezone.now()):
            logger.info("Origin %s is forgotten.", origin.pk, extra={"action": "origin.forgotten"})


def _named(origin: OuterRef) -> QuerySet[Delivery]:
    return Delivery.objects.filter(endpoint=origin).exclude(url="")


def _locked(origin: Endpoint) -> Endpoint | None:
    return _origins().filter(pk=origin.pk, deleted_at=None).select_for_update().first()


@transaction.atomic
def _move_some(origin: Endpoint) -> bool:
    """Put some ended deliveries where no host is told, and tell whether there were any."""
    if _locked(origin) is None:
        return False
    ended = Delivery.objects.filter(endpoint=origin, url="").exclude(status=Delivery.Status.PENDING)
    if not (ids := list(ended.values_list("pk", flat=True)[:AT_A_TIME])):
        return False
    some = ended.filter(pk__in=ids)
    lock_in_order(some)
    if not _origins().filter(owner=origin.owner_id, url=NOWHERE).exists():
        _make(origin.owner_id, NOWHERE)
    nowhere = _origins().get(owner=origin.owner_id, url=NOWHERE)
    return bool(some.update(endpoint=nowhere))


@transaction.atomic
def _forget(origin: Endpoint, *, now: datetime) -> bool:
    """Delete an origin with its slots, but one that is in use again or in a worker's hands."""
    locked = _locked(origin)
    slots = DeliverySlot.objects.filter(endpoint=origin)
    lock_in_order(slots)
    if locked is None or slots.filter(lease_until__gt=now).exists() or locked.deliveries.exists():
        return False
    locked.delete()
    return True
