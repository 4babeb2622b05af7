"""What attempts tell about their endpoint: that it works, that it gives nothing but failures, or that it is gone."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from webhooks.models import Endpoint, Reason
from webhooks.outbound.disabling import endpoint_disable
from webhooks.outbound.outcomes import Outcome
from webhooks.outbound.schedule import SCHEDULE

# An endpoint that gave nothing but failures for so long is told nothing any more.
FAILING_FOR = timedelta(days=5)
# What failed is tried again within this, with a while for a worker to come to it. After a longer pause a run begins
# anew: two failures a month apart are no month of failures.
LONGEST_PAUSE = SCHEDULE.longest_delay + timedelta(hours=1)


def note_health(endpoint: Endpoint, outcomes: Sequence[Outcome], *, began: datetime, now: datetime) -> bool:
    """Keep what attempts that began at a moment tell about their endpoint, and end what is over with it.

    Returns whether it is what they were made to: it may have been given another URL, or enabled anew, since they began.
    Call it in the transaction that records them, before anything else is locked.
    """
    if endpoint.kind != Endpoint.Kind.REGISTERED:
        # Behind one origin are addresses of many things, each of which fails for itself.
        return True
    same = Endpoint.objects.filter(Q(judged_from=None) | Q(judged_from__lte=began), pk=endpoint.pk, url=endpoint.url)
    if any(outcome.delivered for outcome in outcomes):
        # Whatever was read with the slot: it may have failed since.
        same.filter(enabled=True).exclude(failing_from=None).update(failing_from=None)
    failed = [outcome.reason for outcome in outcomes if not outcome.delivered]
    if not failed:
        return True
    current = same.select_for_update(no_key=True).first()
    if current is None:
        return False
    if not current.is_told:
        return True
    if Reason.GONE in failed:
        endpoint_disable(current, Endpoint.DisabledReason.GONE, now=now)
    elif not outcomes[-1].delivered:
        _note_failure(current, now)
    return True


def _note_failure(endpoint: Endpoint, now: datetime) -> None:
    """Begin or go on with a run of failures, and disable who has failed for too long."""
    began = endpoint.failing_from
    if began is None or endpoint.last_failed_at is None or now - endpoint.last_failed_at > LONGEST_PAUSE:
        began = now
    Endpoint.objects.filter(pk=endpoint.pk).update(failing_from=began, last_failed_at=now)
    if now - began >= FAILING_FOR:
        endpoint_disable(endpoint, Endpoint.DisabledReason.FAILING, now=now)
