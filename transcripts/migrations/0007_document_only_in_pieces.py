from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('transcripts', '0006_document_pieces_filled'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='transcriptresult',
            name='document',
        ),
    ]
