from dataclasses import replace
from typing import Any

from django.db import connection, migrations, transaction
from django.db.models import Q

from transcripts.migrations._search_0009 import Document, document_of, insert

BATCH = 200
COLUMNS = ('id', 'owner_id', 'title', 'source', 'call_id', 'status', 'result__text')


def fill(apps: Any, schema_editor: Any) -> None:
    """Write what was there before there was a search; begun again, it goes on where it was interrupted."""
    Transcript = apps.get_model('transcripts', 'Transcript')
    SearchEntry = apps.get_model('transcripts', 'SearchEntry')

    def write(document: Document) -> None:
        while document.words and not insert(connection, document):
            if SearchEntry.objects.filter(transcript=document.transcript_id).exists():
                return
            # One of 32,768 of the same millisecond has the same number.
            document = replace(document, number=document.number + 1)

    has_words = ~Q(title='') | Q(result__isnull=False)
    rows = Transcript.objects.filter(has_words, deleted_at=None, search_entry=None).order_by('-id')
    last = None
    while batch := list((rows.filter(id__lt=last) if last else rows).values(*COLUMNS)[:BATCH]):
        documents = [document_of(row) for row in batch]
        with transaction.atomic():
            for document in documents:
                write(document)
        last = batch[-1]['id']


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('transcripts', '0008_search'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
