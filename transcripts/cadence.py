"""When to ask the provider about a job that it has not reported yet."""

from datetime import datetime, timedelta
from random import uniform

from django.conf import settings


def next_ask(now: datetime, *, webhook: bool) -> datetime:
    """Return when to ask next: often when nobody will call us or progress is told, else seldom."""
    if settings.PROGRESS_POLL_SECONDS:
        return now + timedelta(seconds=settings.PROGRESS_POLL_SECONDS)
    seconds = settings.RECONCILE_AFTER if webhook else settings.POLL_SECONDS
    # Spread, so that jobs submitted together are not asked about together.
    return now + timedelta(seconds=seconds * uniform(0.75, 1.25))  # noqa: S311 - not a secret
