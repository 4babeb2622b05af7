"""What the provider answered: its document, the text, the words in pages."""

from django.db import models

from transcripts.models.transcript import Transcript


class TranscriptResult(models.Model):
    """The provider's whole answer, byte for byte, beside the text that readers ask for most."""

    transcript = models.OneToOneField(Transcript, on_delete=models.CASCADE, primary_key=True, related_name="result")
    document = models.BinaryField(help_text="The provider's JSON document as received.")
    text = models.TextField(blank=True)
    word_count = models.PositiveIntegerField(default=0)
    stored_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.transcript_id)


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
