from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('transcripts', '0006_document_pieces_filled'),
    ]

    operations = [
        # For the way back alone: rows that are there need something in the column until the pieces are joined in it.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='transcriptresult',
                    name='document',
                    field=models.BinaryField(default=bytes, help_text="The provider's JSON document as received."),
                ),
            ],
        ),
        migrations.RemoveField(
            model_name='transcriptresult',
            name='document',
        ),
    ]
