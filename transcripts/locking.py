"""The order in which rows are locked, so that no two transactions ever wait for each other.

User, transcript, submissions, redacted audio, result with its pieces and pages, search entry, received events, webhook
endpoints, their recoveries, secrets and slots, the feed of events, events with their payloads, deliveries and attempts,
idempotency key, usage, its months: a transaction takes them in this order and none that stands before what it has. An
UPDATE locks too, as does the check of a foreign key, which is made at the commit; that one no lock taken here is in the
way of (`no_key`). On SQLite a transaction begins with the one lock there is.
"""

from uuid import UUID

from transcripts.models import Transcript


def transcript_lock(transcript_id: UUID) -> Transcript:
    """Lock a transcript until the transaction ends, and return it as it is now, deleted or not.

    With this begins each transaction that changes what belongs to a transcript, unless it changes the row itself first.
    """
    return Transcript.objects.select_for_update(no_key=True).get(pk=transcript_id)
