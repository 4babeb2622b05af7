"""What times of creation tell about ids: those are UUIDv7, so indexes by id serve for times too."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

# How far an id's time may be from `created_at`: they are taken one after the other, and clocks are put right.
SLACK = timedelta(minutes=1)
MILLISECOND = timedelta(milliseconds=1)
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
# What a UUIDv7 can say.
LAST_MILLISECOND = 2**48 - 1


def id_milliseconds(after: datetime | None, before: datetime | None) -> tuple[int | None, int | None]:
    """Return from when and until when an id can have been made, give or take a minute."""
    since = _milliseconds(after, -SLACK) if after else None
    until = _milliseconds(before, SLACK) if before else None
    return since, until


def ids_made_within(after: datetime | None, before: datetime | None) -> Q:
    """Return what follows from the times for ids; whoever uses it looks at the times themselves too."""
    since, until = id_milliseconds(after, before)
    found = Q()
    if since is not None:
        found &= Q(pk__gte=_id_at(since))
    if until is not None:
        found &= Q(pk__lt=_id_at(until))
    return found


def _id_at(milliseconds: int) -> UUID:
    return UUID(int=milliseconds << 80)


def _milliseconds(moment: datetime, slack: timedelta) -> int:
    return min(max((moment - EPOCH + slack) // MILLISECOND, 0), LAST_MILLISECOND)
