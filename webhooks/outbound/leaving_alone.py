"""Leaving an endpoint alone that asked for it: what holds for one delivery holds for all that wait for it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from webhooks.models import Endpoint
from webhooks.outbound.outcomes import Outcome

# An endpoint that asks for time again and again is disabled in the end, but an origin never is: so what waits for one
# goes its own way after so long, or it would wait for ever.
PATIENCE = timedelta(days=5)


def is_left_alone(now: datetime) -> Q:
    """Return the condition for deliveries that wait because their endpoint asked for it."""
    impatient = Q(endpoint__kind=Endpoint.Kind.ORIGIN, created_at__lte=now - PATIENCE)
    return Q(endpoint__not_before__gt=now) & ~impatient


def leave_alone(endpoint: Endpoint, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """Keep until when an endpoint asked to be left alone with a `Retry-After`; a shorter wish takes nothing back.

    Call it in the transaction that records the attempts, before their deliveries are locked.
    """
    if wishes := [outcome.retry_after for outcome in outcomes if outcome.retry_after]:
        until = now + max(wishes)
        sooner = Q(not_before=None) | Q(not_before__lt=until)
        Endpoint.objects.filter(sooner, pk=endpoint.pk).update(not_before=until)
