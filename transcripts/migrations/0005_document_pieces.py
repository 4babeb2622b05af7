import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('transcripts', '0004_redacted_audio'),
    ]

    operations = [
        migrations.CreateModel(
            name='DocumentPiece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='Pieces count from 0.')),
                ('content', models.BinaryField()),
                ('result', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pieces', to='transcripts.transcriptresult')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('result', 'number'), name='transcripts_documentpiece_numbered')],
            },
        ),
    ]
