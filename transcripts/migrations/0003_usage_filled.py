from datetime import UTC
from typing import Any

from django.db import migrations, transaction
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce, TruncMonth

BATCH = 1000


def fill(apps: Any, schema_editor: Any) -> None:
    """Count what users had before anybody counted; begun again, it goes on where it was interrupted."""
    note_sizes(apps.get_model('transcripts', 'Transcript'))
    Transcript = apps.get_model('transcripts', 'Transcript')
    owners = Transcript.objects.filter(owner__usage=None).values_list('owner', flat=True).order_by('owner').distinct()
    for owner in list(owners):
        count_owner(apps, owner)


def note_sizes(Transcript: Any) -> None:
    unnoted = Transcript.objects.exclude(audio='').filter(file_size__gt=0, stored_bytes=0).order_by('pk')
    last = None
    while batch := list((unnoted.filter(pk__gt=last) if last else unnoted).values_list('pk', flat=True)[:BATCH]):
        last = batch[-1]
        unnoted.filter(pk__gte=batch[0], pk__lte=last).update(stored_bytes=F('file_size'))


def count_owner(apps: Any, owner: int) -> None:
    """Write the counters of one user, all at once or none."""
    Transcript = apps.get_model('transcripts', 'Transcript')
    Usage = apps.get_model('transcripts', 'Usage')
    MonthlyUsage = apps.get_model('transcripts', 'MonthlyUsage')
    mine = Transcript.objects.filter(owner=owner).order_by()
    totals = mine.aggregate(
        stored_bytes=Coalesce(Sum('stored_bytes'), 0), transcripts=Count('pk', filter=Q(deleted_at=None))
    )
    months: dict[Any, dict[str, int]] = {}
    for row in mine.values(month=TruncMonth('created_at', tzinfo=UTC)).annotate(n=Count('pk')):
        months.setdefault(row['month'].date(), {})['created'] = row['n']
    completed = mine.filter(status='completed').values(month=TruncMonth('completed_at', tzinfo=UTC))
    for row in completed.annotate(n=Coalesce(Sum('audio_duration'), 0)):
        months.setdefault(row['month'].date(), {})['seconds'] = row['n']
    with transaction.atomic():
        Usage.objects.create(owner_id=owner, **totals)
        MonthlyUsage.objects.bulk_create(
            MonthlyUsage(usage_id=owner, month=month, **counted) for month, counted in months.items()
        )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('transcripts', '0002_usage'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
