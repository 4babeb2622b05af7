"""Calendar months, by UTC."""

from datetime import UTC, date, datetime


def month_of(moment: datetime) -> date:
    """Return the first day of the month that a moment is in."""
    return moment.astimezone(UTC).date().replace(day=1)


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def start_of(month: date) -> datetime:
    """Return the moment in which a month begins."""
    return datetime(month.year, month.month, 1, tzinfo=UTC)
