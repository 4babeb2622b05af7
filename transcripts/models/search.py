"""What is searched: an entry for each transcript that has a title or a text; its words stand as the database likes."""

from django.conf import settings
from django.db import models

from transcripts.models.transcript import Transcript


class SearchEntry(models.Model):
    """The place of a transcript in the order in which transcripts were created, with its words.

    The words stand where Django does not look: on PostgreSQL in a column `tokens` of this table, a tsvector with a GIN
    index; on SQLite in the FTS5 table `transcripts_searchindex`, which a trigger keeps from outliving its entry.
    """

    id = models.BigIntegerField(primary_key=True, help_text="From the transcript's id, so that it sorts by creation.")
    transcript = models.OneToOneField(Transcript, on_delete=models.CASCADE, related_name="search_entry")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    words = models.PositiveIntegerField(help_text="How many words title and text have.")

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-id"], name="transcripts_search_by_owner"),
        ]

    def __str__(self) -> str:
        return str(self.transcript_id)
