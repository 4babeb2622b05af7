from django.conf import settings
from django.db import migrations, models

from transcripts.migrations._indexes import AddIndexMeanwhile


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('transcripts', '0009_search_filled'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexMeanwhile(
            model_name='transcript',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['owner', 'status', '-id'], name='transcripts_by_status'),
        ),
        AddIndexMeanwhile(
            model_name='transcript',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['owner', 'source', 'status', '-id'], name='transcripts_by_source'),
        ),
        AddIndexMeanwhile(
            model_name='transcript',
            index=models.Index(condition=models.Q(('call_id__isnull', False), ('deleted_at', None)), fields=['owner', 'call_id', '-id'], name='transcripts_by_call'),
        ),
    ]
