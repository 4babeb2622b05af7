"""Leaving an endpoint alone that asked for it: what holds for one delivery holds for all that wait for it."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from webhooks.models import Endpoint
from webhooks.outbound.outcomes import Outcome


def leave_alone(endpoint: Endpoint, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """Keep until when an endpoint asked to be left alone with a `Retry-After`; a shorter wish takes nothing back.

    Call it in the transaction that records the attempts, before their deliveries are locked.
    """
    if wishes := [outcome.retry_after for outcome in outcomes if outcome.retry_after]:
        until = now + max(wishes)
        sooner = Q(not_before=None) | Q(not_before__lt=until)
        Endpoint.objects.filter(sooner, pk=endpoint.pk).update(not_before=until)
