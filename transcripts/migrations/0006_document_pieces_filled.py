from typing import Any

from django.db import migrations

PIECE_BYTES = 256 * 1024


def fill(apps: Any, schema_editor: Any) -> None:
    """Cut the documents that are stored whole, one at a time."""
    TranscriptResult = apps.get_model('transcripts', 'TranscriptResult')
    DocumentPiece = apps.get_model('transcripts', 'DocumentPiece')
    for pk in list(TranscriptResult.objects.values_list('pk', flat=True)):
        document = bytes(TranscriptResult.objects.values_list('document', flat=True).get(pk=pk))
        for number, start in enumerate(range(0, len(document), PIECE_BYTES)):
            DocumentPiece.objects.create(result_id=pk, number=number, content=document[start : start + PIECE_BYTES])


class Migration(migrations.Migration):

    dependencies = [
        ('transcripts', '0005_document_pieces'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
