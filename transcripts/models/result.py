"""What the provider answered: its document, the text, the words in pages."""

from django.db import models

from transcripts.models.transcript import Transcript


class TranscriptResult(models.Model):
    """The text that readers ask for most; the words and the provider's own document are kept beside it in pieces."""

    transcript = models.OneToOneField(Transcript, on_delete=models.CASCADE, primary_key=True, related_name="result")
    text = models.TextField(blank=True)
    word_count = models.PositiveIntegerField(default=0)
    stored_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.transcript_id)


class DocumentPiece(models.Model):
    """A run of bytes of the provider's JSON document, which is kept as it was received.

    Ten hours are 23 MB. Stored as one value they take 180 MB of memory to write and 135 MB to read on PostgreSQL.
    """

    result = models.ForeignKey(TranscriptResult, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField(help_text="Pieces count from 0.")
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["result", "number"], name="transcripts_documentpiece_numbered"),
        ]

    def __str__(self) -> str:
        return f"{self.result_id}/{self.number}"


class WordPage(models.Model):
    """A run of words of one result, so that one page of ten hours costs one row and not one parse of it all."""

    result = models.ForeignKey(TranscriptResult, on_delete=models.CASCADE, related_name="word_pages")
    number = models.PositiveIntegerField(help_text="Pages count from 0.")
    words = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["result", "number"], name="transcripts_wordpage_numbered"),
        ]

    def __str__(self) -> str:
        return f"{self.result_id}/{self.number}"
