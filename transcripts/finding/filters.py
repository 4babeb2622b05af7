"""What a list of transcripts is narrowed down by, for the database and for the search."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from api_project.rest.id_times import id_milliseconds, ids_made_within
from transcripts.finding import documents
from transcripts.models import Status


@dataclass(frozen=True)
class Filters:
    """Only transcripts like this; what is not given does not narrow. `created_before` itself is not included."""

    statuses: tuple[str, ...] = ()
    source: str | None = None
    call: UUID | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None

    def condition(self, prefix: str = "") -> Q:
        """Return the exact condition; `prefix` leads to the transcript."""
        found = self.beyond_tags(prefix)
        if self.statuses:
            found &= Q(**{f"{prefix}status__in": self.statuses})
        if self.source:
            found &= Q(**{f"{prefix}source": self.source})
        if self.call:
            found &= Q(**{f"{prefix}call_id": self.call})
        return found

    def beyond_tags(self, prefix: str) -> Q:
        """Return the part of the condition that the tags of the search do not tell."""
        found = Q()
        if self.created_after:
            found &= Q(**{f"{prefix}created_at__gte": self.created_after})
        if self.created_before:
            found &= Q(**{f"{prefix}created_at__lt": self.created_before})
        if self.statuses and self.statuses != (Status.COMPLETED,):
            found &= Q(**{f"{prefix}status__in": self.statuses})
        return found

    def tags(self) -> Iterator[str]:
        """Yield the tags that a transcript must have."""
        if self.source:
            yield documents.tag_of_source(self.source)
        if self.call:
            yield documents.tag_of_call(self.call)
        of_statuses = {documents.tag_of_status(status) for status in self.statuses}
        if len(of_statuses) == 1:
            yield from of_statuses

    def milliseconds(self) -> tuple[int | None, int | None]:
        """Return from when and until when an id can have been made, so that indexes by id can be used."""
        return id_milliseconds(self.created_after, self.created_before)

    def made_within(self) -> Q:
        """Return what follows from the times for ids of transcripts."""
        return ids_made_within(self.created_after, self.created_before)

    def slices(self) -> Iterator["Filters"]:
        """Yield filters that together select the same, and for each of which there is an index in order of ids."""
        if self.call or not (self.statuses or self.source):
            yield self
            return
        for status in self.statuses or Status.values:
            yield Filters((status,), self.source, None, self.created_after, self.created_before)
