from datetime import UTC
from typing import Any

from django.db import migrations
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce, TruncMonth


def fill(apps: Any, schema_editor: Any) -> None:
    """Count what users had before anybody counted."""
    Transcript = apps.get_model('transcripts', 'Transcript')
    Usage = apps.get_model('transcripts', 'Usage')
    MonthlyUsage = apps.get_model('transcripts', 'MonthlyUsage')
    Transcript.objects.exclude(audio='').update(stored_bytes=Coalesce(F('file_size'), 0))
    totals = Transcript.objects.values('owner').annotate(
        bytes=Sum('stored_bytes'), live=Count('pk', filter=Q(deleted_at=None))
    )
    Usage.objects.bulk_create(
        Usage(owner_id=row['owner'], stored_bytes=row['bytes'], transcripts=row['live']) for row in totals.order_by()
    )
    months: dict[Any, dict[str, int]] = {}
    created = Transcript.objects.values('owner', month=TruncMonth('created_at', tzinfo=UTC)).annotate(n=Count('pk'))
    for row in created.order_by():
        months.setdefault((row['owner'], row['month'].date()), {})['created'] = row['n']
    completed = Transcript.objects.filter(status='completed').values(
        'owner', month=TruncMonth('completed_at', tzinfo=UTC)
    )
    for row in completed.annotate(n=Coalesce(Sum('audio_duration'), 0)).order_by():
        months.setdefault((row['owner'], row['month'].date()), {})['seconds'] = row['n']
    MonthlyUsage.objects.bulk_create(
        MonthlyUsage(usage_id=owner, month=month, **counted) for (owner, month), counted in months.items()
    )


class Migration(migrations.Migration):

    dependencies = [
        ('transcripts', '0002_usage'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
