"""Budgets of single users, in place of those that hold for everybody."""

from django.db import transaction

from transcripts.models import Usage
from transcripts.usage.counting import lock


@transaction.atomic
def budget_set(*, owner_id: int, **budgets: int | None) -> None:
    """Set `storage_budget` in bytes or `minutes_budget` for a month; 0 is no limit, None is everybody's."""
    lock(owner_id)
    if budgets:
        Usage.objects.filter(pk=owner_id).update(**budgets)
