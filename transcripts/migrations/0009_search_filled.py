from typing import Any

from typing import Any

from django.db import migrations, transaction
from django.db.models import Q

BATCH = 200


def fill(apps: Any, schema_editor: Any) -> None:
    """Write what was there before there was a search; begun again, it goes on where it was interrupted."""
    # The words must be those that the running code asks for. Nothing of this touches a model but the entry's own.
    from transcripts.finding.writing import COLUMNS, document_of, write_document

    Transcript = apps.get_model('transcripts', 'Transcript')
    has_words = ~Q(title='') | Q(result__isnull=False)
    rows = Transcript.objects.filter(has_words, deleted_at=None, search_entry=None).order_by('-id')
    last = None
    while batch := list((rows.filter(id__lt=last) if last else rows).values(*COLUMNS)[:BATCH]):
        with transaction.atomic():
            for row in batch:
                write_document(document_of(row))
        last = batch[-1]['id']


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('transcripts', '0008_search'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
