"""Leaving an endpoint alone that asked for it: what holds for one delivery holds for all that wait for it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from webhooks.models import Endpoint
from webhooks.outbound.outcomes import Outcome

# After so long a delivery goes its own way, or what asks for time again and again would keep it waiting for ever. One
# that does nothing else is disabled long before, but an origin never is.
PATIENCE = {Endpoint.Kind.REGISTERED: timedelta(days=30), Endpoint.Kind.ORIGIN: timedelta(days=5)}


def is_left_alone(now: datetime) -> Q:
    """Return the condition for deliveries that wait because their endpoint asked for it."""
    patient = Q()
    for kind, patience in PATIENCE.items():
        patient |= Q(endpoint__kind=kind, created_at__gt=now - patience)
    return Q(endpoint__not_before__gt=now) & patient


def leave_alone(endpoint: Endpoint, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """Keep until when an endpoint asked to be left alone with a `Retry-After`; a shorter wish takes nothing back.

    Call it in the transaction that records the attempts, before their deliveries are locked.
    """
    if wishes := [outcome.retry_after for outcome in outcomes if outcome.retry_after]:
        until = now + max(wishes)
        sooner = Q(not_before=None) | Q(not_before__lt=until)
        Endpoint.objects.filter(sooner, pk=endpoint.pk).update(not_before=until)
