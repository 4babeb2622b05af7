from collections.abc import Callable, Iterator
from typing import Any

from django.db import migrations, transaction
from django.db.models import Sum
from django.db.models.functions import Length

PIECE_BYTES = 256 * 1024
# What one transaction takes at most, unless one document alone is larger.
BATCH, BATCH_BYTES = 200, 4 * 1024 * 1024


def fill(apps: Any, schema_editor: Any) -> None:
    """Cut the documents that are stored whole, and empty what was cut, so that both are there for a moment only.

    Begun again, it goes on where it was interrupted: what has been cut is empty.
    """
    TranscriptResult = apps.get_model('transcripts', 'TranscriptResult')
    DocumentPiece = apps.get_model('transcripts', 'DocumentPiece')

    def cut(pk: Any) -> None:
        document = bytes(TranscriptResult.objects.values_list('document', flat=True).get(pk=pk))
        for number, start in enumerate(range(0, len(document), PIECE_BYTES)):
            DocumentPiece.objects.create(result_id=pk, number=number, content=document[start : start + PIECE_BYTES])
        TranscriptResult.objects.filter(pk=pk).update(document=b'')

    whole = TranscriptResult.objects.annotate(size=Length('document')).filter(size__gt=0)
    # Until there is none: one may be stored behind the place that has been reached.
    while in_batches(whole, cut):
        pass


def join(apps: Any, schema_editor: Any) -> None:
    """Put the pieces together again; begun again, it goes on."""
    TranscriptResult = apps.get_model('transcripts', 'TranscriptResult')
    DocumentPiece = apps.get_model('transcripts', 'DocumentPiece')

    def put_together(pk: Any) -> None:
        pieces = DocumentPiece.objects.filter(result=pk).order_by('number')
        document = b''.join(bytes(content) for content in pieces.values_list('content', flat=True).iterator())
        TranscriptResult.objects.filter(pk=pk).update(document=document)
        pieces.delete()

    in_pieces = TranscriptResult.objects.exclude(pieces=None).annotate(size=Sum(Length('pieces__content')))
    while in_batches(in_pieces, put_together):
        pass


def in_batches(rows: Any, work: Callable[[Any], None]) -> int:
    """Do the work on all rows, several in a transaction, in the order of their keys; return how many there were."""
    count = 0
    for batch in batches_of(rows.order_by('pk').values_list('pk', 'size')):
        with transaction.atomic():
            for pk in batch:
                work(pk)
        count += len(batch)
    return count


def batches_of(rows: Any) -> Iterator[list[Any]]:
    last = None
    while found := list((rows.filter(pk__gt=last) if last else rows)[:BATCH]):
        batch: list[Any] = []
        room = BATCH_BYTES
        for pk, size in found:
            if batch and size > room:
                break
            batch.append(pk)
            room -= size
        last = batch[-1]
        yield batch


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('transcripts', '0005_document_pieces'),
    ]

    operations = [
        migrations.RunPython(fill, join),
    ]
