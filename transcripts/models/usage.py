"""What a user has stored and had transcribed, and what they may; counters that are changed with what they count."""

from django.conf import settings
from django.db import models


class Usage(models.Model):
    """One user's counters and budgets. Whoever changes any of a user's counters changes this row first.

    So it is also the lock under which they can be counted anew.
    """

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="usage"
    )
    stored_bytes = models.BigIntegerField(default=0, help_text="The sum of `stored_bytes` of all transcripts.")
    transcripts = models.BigIntegerField(default=0, help_text="How many are not deleted.")
    storage_budget = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Bytes; 0 is no limit, null is USER_STORAGE_BYTES."
    )
    minutes_budget = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="A month; 0 is no limit, null is USER_MINUTES_PER_MONTH."
    )

    def __str__(self) -> str:
        return f"{self.owner_id}: {self.transcripts} transcripts, {self.stored_bytes} bytes"


class MonthlyUsage(models.Model):
    """What a user had transcribed in one calendar month, by UTC. It stays when transcripts go: it was paid for."""

    usage = models.ForeignKey(Usage, on_delete=models.CASCADE, related_name="months")
    month = models.DateField(help_text="Its first day.")
    seconds = models.BigIntegerField(default=0, help_text="Of audio, in results that were stored in this month.")
    created = models.BigIntegerField(default=0, help_text="Transcripts that were accepted in this month.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["usage", "month"], name="transcripts_monthlyusage_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.usage_id}, {self.month:%Y-%m}: {self.seconds} s"
