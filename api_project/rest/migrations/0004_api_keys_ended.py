import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rest', '0003_api_keys_by_user'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='apikey',
            index=models.Index(condition=models.Q(('revoked_at', None)), fields=['user', '-id'], name='rest_api_key_not_revoked'),
        ),
        migrations.AddIndex(
            model_name='apikey',
            index=models.Index(fields=['user', 'created_at'], name='rest_api_key_made'),
        ),
        migrations.AddIndex(
            model_name='apikey',
            index=models.Index(django.db.models.functions.comparison.Coalesce('revoked_at', 'expires_at'), name='rest_api_key_ended'),
        ),
    ]
