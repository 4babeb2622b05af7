"""Reading what a user has used, and what is left of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import FilteredRelation, Q

from transcripts.exceptions import OverBudget
from transcripts.models import Usage
from transcripts.usage.months import month_of, next_month, start_of

SECONDS_PER_MINUTE = 60
MONTHLY = ("monthly__seconds", "monthly__created")


@dataclass(frozen=True)
class UsageNow:
    """One user's counters at a moment; a limit is None where there is none."""

    stored_bytes: int
    storage_limit: int | None
    seconds: int
    minutes_limit: int | None
    period_start: datetime
    period_end: datetime
    transcripts: int
    created: int

    @property
    def minutes(self) -> float:
        return round(self.seconds / SECONDS_PER_MINUTE, 2)

    @property
    def has_limit(self) -> bool:
        return self.storage_limit is not None or self.minutes_limit is not None

    @property
    def is_out_of_minutes(self) -> bool:
        return self.minutes_limit is not None and self.seconds >= self.minutes_limit * SECONDS_PER_MINUTE

    def is_out_of_storage(self, size: int) -> bool:
        """Tell whether so many further bytes are too many; when all is used up, so is a single one."""
        return self.storage_limit is not None and self.stored_bytes + size > self.storage_limit


def usage_get(*, owner_id: int, now: datetime) -> UsageNow:
    """Return a user's counters; somebody of whom nothing was counted yet has zeros."""
    month = month_of(now)
    monthly = FilteredRelation("months", condition=Q(months__month=month))
    rows = Usage.objects.filter(pk=owner_id).annotate(monthly=monthly)
    columns = ("stored_bytes", "transcripts", "storage_budget", "minutes_budget", *MONTHLY)
    row: dict[str, Any] = rows.values(*columns).first() or dict.fromkeys(columns)
    return UsageNow(
        stored_bytes=row["stored_bytes"] or 0,
        storage_limit=_limit(row["storage_budget"], settings.USER_STORAGE_BYTES),
        seconds=row["monthly__seconds"] or 0,
        minutes_limit=_limit(row["minutes_budget"], settings.USER_MINUTES_PER_MONTH),
        period_start=start_of(month),
        period_end=start_of(next_month(month)),
        transcripts=row["transcripts"] or 0,
        created=row["monthly__created"] or 0,
    )


def over_budget(usage: UsageNow, size: int) -> OverBudget:
    """Return the error that says which budget does not allow a transcript with a file of so many bytes, and why."""
    if usage.is_out_of_minutes:
        return OverBudget(
            f"You may use {usage.minutes_limit} minutes of audio a month, and have used {usage.minutes:g}; "
            f"the next month begins at {usage.period_end:%Y-%m-%dT%H:%M:%SZ}.",
            budget="minutes",
        )
    return OverBudget(
        f"You have used {usage.stored_bytes} of {usage.storage_limit} bytes of storage, and this needs {size} more; "
        "deleting transcripts makes room.",
        budget="storage",
    )


def require_budget(*, owner_id: int, now: datetime, size: int = 0) -> None:
    """Raise `OverBudget` if a transcript with a file of at least so many bytes would be refused now."""
    usage = usage_get(owner_id=owner_id, now=now)
    if usage.is_out_of_minutes or (size and usage.is_out_of_storage(size)):
        raise over_budget(usage, size)


def _limit(own: int | None, default: int) -> int | None:
    """Return the limit that counts: the user's own, else everybody's; 0 is none."""
    return (default if own is None else own) or None
